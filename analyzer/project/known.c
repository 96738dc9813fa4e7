/* known.c - classes from outside that projects inherit from, under one canonical name each, and
 * the other spellings of those names.
 *
 * A package's text has one class a line: its name, then its bases; a base without a dot is of the
 * same package. Bases stand above what inherits from them. Only bases that matter for finding a
 * class's kind and its hooks are listed. */
#include "project/link.h"

#include <stdlib.h>

typedef struct KnownPackage {
    const char *package, *classes;
} KnownPackage;

static const KnownPackage packages[] = {
    {"django.db.models",
     "Model\nBaseManager\nManager BaseManager\nQuerySet\nRawQuerySet\nPrefetch\nQ\n"
     "Expression\nF\nSubquery Expression\nExists Subquery\nFunc Expression\nAggregate Func\n"
     "Field\nAutoField Field\nBigAutoField Field\nSmallAutoField Field\nIntegerField Field\n"
     "BigIntegerField IntegerField\nSmallIntegerField IntegerField\n"
     "PositiveIntegerField IntegerField\nPositiveBigIntegerField IntegerField\n"
     "PositiveSmallIntegerField IntegerField\nBinaryField Field\nBooleanField Field\n"
     "NullBooleanField BooleanField\nCharField Field\nSlugField CharField\nEmailField CharField\n"
     "URLField CharField\nCommaSeparatedIntegerField CharField\nTextField Field\n"
     "DateField Field\nDateTimeField DateField\nTimeField Field\nDurationField Field\n"
     "DecimalField Field\nFloatField Field\nFileField Field\nImageField FileField\n"
     "FilePathField Field\nGenericIPAddressField Field\nIPAddressField Field\nJSONField Field\n"
     "UUIDField Field\nGeneratedField Field\nOrderWrt IntegerField\nCompositePrimaryKey Field\n"
     "GeometryField Field\nPointField GeometryField\nLineStringField GeometryField\n"
     "PolygonField GeometryField\nMultiPointField GeometryField\n"
     "MultiLineStringField GeometryField\nMultiPolygonField GeometryField\n"
     "GeometryCollectionField GeometryField\nRasterField Field\n"
     "ForeignObject Field\nForeignKey ForeignObject\nOneToOneField ForeignKey\n"
     "ManyToManyField Field\n"
     "Choices\nIntegerChoices Choices\nTextChoices Choices\nIndex\nCheckConstraint\n"
     "UniqueConstraint\nTransform Func\nLookup Expression\n"},
    {"django.contrib.contenttypes.fields",
     "GenericForeignKey django.db.models.Field\nGenericRelation django.db.models.ForeignObject\n"},
    {"django.contrib.contenttypes.models",
     "ContentTypeManager django.db.models.Manager\nContentType django.db.models.Model\n"},
    {"django.contrib.postgres.fields",
     "ArrayField django.db.models.Field\nHStoreField django.db.models.Field\n"
     "JSONField django.db.models.Field\nCICharField django.db.models.CharField\n"
     "CIEmailField django.db.models.EmailField\nCITextField django.db.models.TextField\n"
     "RangeField django.db.models.Field\nIntegerRangeField RangeField\n"
     "BigIntegerRangeField RangeField\nDecimalRangeField RangeField\n"
     "DateTimeRangeField RangeField\nDateRangeField RangeField\n"},
    {"django.contrib.postgres.search", "SearchVectorField django.db.models.Field\n"},
    {"django.contrib.auth.models",
     "BaseUserManager django.db.models.Manager\nUserManager BaseUserManager\n"
     "PermissionManager django.db.models.Manager\nGroupManager django.db.models.Manager\n"
     "Permission django.db.models.Model\nGroup django.db.models.Model\n"
     "AbstractBaseUser django.db.models.Model\nPermissionsMixin django.db.models.Model\n"
     "AbstractUser AbstractBaseUser PermissionsMixin\nUser AbstractUser\nAnonymousUser\n"},
    {"django.contrib.sessions.base_session",
     "BaseSessionManager django.db.models.Manager\nAbstractBaseSession django.db.models.Model\n"},
    {"django.contrib.sessions.models",
     "Session django.contrib.sessions.base_session.AbstractBaseSession\n"},
    {"django.contrib.sites.models",
     "SiteManager django.db.models.Manager\nSite django.db.models.Model\n"},
    {"django.contrib.sites.managers", "CurrentSiteManager django.db.models.Manager\n"},
    {"django.contrib.flatpages.models", "FlatPage django.db.models.Model\n"},
    {"django.contrib.redirects.models", "Redirect django.db.models.Model\n"},
    {"django.contrib.admin.models",
     "LogEntryManager django.db.models.Manager\nLogEntry django.db.models.Model\n"},
    {"django.contrib.admin",
     "BaseModelAdmin\nModelAdmin BaseModelAdmin\nInlineModelAdmin BaseModelAdmin\n"
     "StackedInline InlineModelAdmin\nTabularInline InlineModelAdmin\nAdminSite\nListFilter\n"
     "SimpleListFilter ListFilter\nFieldListFilter ListFilter\n"
     "RelatedFieldListFilter FieldListFilter\n"},
    {"django.contrib.auth.admin",
     "UserAdmin django.contrib.admin.ModelAdmin\nGroupAdmin django.contrib.admin.ModelAdmin\n"},
    {"django.contrib.contenttypes.admin",
     "GenericInlineModelAdmin django.contrib.admin.InlineModelAdmin\n"
     "GenericStackedInline GenericInlineModelAdmin\n"
     "GenericTabularInline GenericInlineModelAdmin\n"},
    {"django.contrib.gis.admin",
     "GeoModelAdmin django.contrib.admin.ModelAdmin\n"
     "OSMGeoAdmin GeoModelAdmin\nGISModelAdmin django.contrib.admin.ModelAdmin\n"},
    {"django.contrib.auth.mixins",
     "AccessMixin\nLoginRequiredMixin AccessMixin\nPermissionRequiredMixin AccessMixin\n"
     "UserPassesTestMixin AccessMixin\n"},
    {"django.contrib.messages.views", "SuccessMessageMixin\n"},
    {"django.contrib.syndication.views", "Feed\n"},
    {"django.contrib.sitemaps", "Sitemap\nGenericSitemap Sitemap\n"},
    {"django.views.generic",
     "ContextMixin\nView\nTemplateResponseMixin\n"
     "TemplateView TemplateResponseMixin ContextMixin View\nRedirectView View\n"
     "SingleObjectMixin ContextMixin\nBaseDetailView SingleObjectMixin View\n"
     "SingleObjectTemplateResponseMixin TemplateResponseMixin\n"
     "DetailView SingleObjectTemplateResponseMixin BaseDetailView\n"
     "MultipleObjectMixin ContextMixin\nBaseListView MultipleObjectMixin View\n"
     "MultipleObjectTemplateResponseMixin TemplateResponseMixin\n"
     "ListView MultipleObjectTemplateResponseMixin BaseListView\n"
     "FormMixin ContextMixin\nModelFormMixin FormMixin SingleObjectMixin\nProcessFormView View\n"
     "BaseFormView FormMixin ProcessFormView\nFormView TemplateResponseMixin BaseFormView\n"
     "BaseCreateView ModelFormMixin ProcessFormView\n"
     "CreateView SingleObjectTemplateResponseMixin BaseCreateView\n"
     "BaseUpdateView ModelFormMixin ProcessFormView\n"
     "UpdateView SingleObjectTemplateResponseMixin BaseUpdateView\nDeletionMixin\n"
     "BaseDeleteView DeletionMixin FormMixin BaseDetailView\n"
     "DeleteView SingleObjectTemplateResponseMixin BaseDeleteView\n"
     "YearMixin\nMonthMixin\nDayMixin\nWeekMixin\nDateMixin\n"
     "BaseDateListView MultipleObjectMixin DateMixin View\n"
     "BaseArchiveIndexView BaseDateListView\n"
     "ArchiveIndexView MultipleObjectTemplateResponseMixin BaseArchiveIndexView\n"
     "BaseYearArchiveView YearMixin BaseDateListView\n"
     "YearArchiveView MultipleObjectTemplateResponseMixin BaseYearArchiveView\n"
     "BaseMonthArchiveView YearMixin MonthMixin BaseDateListView\n"
     "MonthArchiveView MultipleObjectTemplateResponseMixin BaseMonthArchiveView\n"
     "BaseWeekArchiveView YearMixin WeekMixin BaseDateListView\n"
     "WeekArchiveView MultipleObjectTemplateResponseMixin BaseWeekArchiveView\n"
     "BaseDayArchiveView YearMixin MonthMixin DayMixin BaseDateListView\n"
     "DayArchiveView MultipleObjectTemplateResponseMixin BaseDayArchiveView\n"
     "BaseTodayArchiveView BaseDayArchiveView\n"
     "TodayArchiveView MultipleObjectTemplateResponseMixin BaseTodayArchiveView\n"
     "BaseDateDetailView YearMixin MonthMixin DayMixin DateMixin BaseDetailView\n"
     "DateDetailView SingleObjectTemplateResponseMixin BaseDateDetailView\n"},
    {"django.forms",
     "BaseForm\nForm BaseForm\nBaseModelForm BaseForm\nModelForm BaseModelForm\nBaseFormSet\n"
     "BaseModelFormSet BaseFormSet\nBaseInlineFormSet BaseModelFormSet\nField\nCharField Field\n"
     "IntegerField Field\nBooleanField Field\nDateField Field\nDateTimeField Field\n"
     "DecimalField IntegerField\nFloatField IntegerField\nEmailField CharField\n"
     "URLField CharField\nFileField Field\nImageField FileField\nJSONField CharField\n"
     "SlugField CharField\nUUIDField CharField\nChoiceField Field\nTypedChoiceField ChoiceField\n"
     "MultipleChoiceField ChoiceField\nModelChoiceField ChoiceField\nMultiValueField Field\n"
     "ModelMultipleChoiceField ModelChoiceField\nMedia\nWidget\nInput Widget\nTextInput Input\n"
     "HiddenInput Input\nTextarea Widget\nCheckboxInput Input\nChoiceWidget Widget\n"
     "Select ChoiceWidget\nSelectMultiple Select\nRadioSelect ChoiceWidget\n"
     "CheckboxSelectMultiple RadioSelect\nMultiWidget Widget\nDateInput Input\n"
     "DateTimeInput Input\nTimeInput Input\nNumberInput Input\nEmailInput Input\nURLInput Input\n"
     "FileInput Input\nClearableFileInput FileInput\nPasswordInput Input\n"},
    {"django.core.management.base",
     "BaseCommand\nAppCommand BaseCommand\nLabelCommand BaseCommand\nCommandError\n"},
    {"django.core.paginator", "Paginator\nPage\n"},
    {"django.apps", "AppConfig\n"},
    {"django.db.migrations", "Migration\n"},
    {"django.utils.deprecation", "MiddlewareMixin\n"},
    {"django.core.exceptions",
     "ValidationError\nObjectDoesNotExist\nImproperlyConfigured\nPermissionDenied\n"
     "SuspiciousOperation\nFieldError\nMultipleObjectsReturned\n"},
    {"django.test",
     "SimpleTestCase\nTransactionTestCase SimpleTestCase\nTestCase TransactionTestCase\n"
     "LiveServerTestCase TransactionTestCase\nClient\nRequestFactory\n"},
    {"rest_framework.views", "APIView django.views.generic.View\n"},
    {"rest_framework.mixins",
     "CreateModelMixin\nListModelMixin\nRetrieveModelMixin\nUpdateModelMixin\n"
     "DestroyModelMixin\n"},
    {"rest_framework.generics",
     "GenericAPIView rest_framework.views.APIView\n"
     "CreateAPIView rest_framework.mixins.CreateModelMixin GenericAPIView\n"
     "ListAPIView rest_framework.mixins.ListModelMixin GenericAPIView\n"
     "RetrieveAPIView rest_framework.mixins.RetrieveModelMixin GenericAPIView\n"
     "DestroyAPIView rest_framework.mixins.DestroyModelMixin GenericAPIView\n"
     "UpdateAPIView rest_framework.mixins.UpdateModelMixin GenericAPIView\n"
     "ListCreateAPIView rest_framework.mixins.ListModelMixin "
     "rest_framework.mixins.CreateModelMixin GenericAPIView\n"
     "RetrieveUpdateAPIView rest_framework.mixins.RetrieveModelMixin "
     "rest_framework.mixins.UpdateModelMixin GenericAPIView\n"
     "RetrieveDestroyAPIView rest_framework.mixins.RetrieveModelMixin "
     "rest_framework.mixins.DestroyModelMixin GenericAPIView\n"
     "RetrieveUpdateDestroyAPIView rest_framework.mixins.RetrieveModelMixin "
     "rest_framework.mixins.UpdateModelMixin rest_framework.mixins.DestroyModelMixin "
     "GenericAPIView\n"},
    {"rest_framework.viewsets",
     "ViewSetMixin\nViewSet ViewSetMixin rest_framework.views.APIView\n"
     "GenericViewSet ViewSetMixin rest_framework.generics.GenericAPIView\n"
     "ReadOnlyModelViewSet rest_framework.mixins.RetrieveModelMixin "
     "rest_framework.mixins.ListModelMixin GenericViewSet\n"
     "ModelViewSet rest_framework.mixins.CreateModelMixin "
     "rest_framework.mixins.RetrieveModelMixin rest_framework.mixins.UpdateModelMixin "
     "rest_framework.mixins.DestroyModelMixin rest_framework.mixins.ListModelMixin "
     "GenericViewSet\n"},
    {"rest_framework.serializers",
     "Field\nBaseSerializer Field\nSerializer BaseSerializer\nListSerializer BaseSerializer\n"
     "ModelSerializer Serializer\nHyperlinkedModelSerializer ModelSerializer\n"
     "BooleanField Field\nNullBooleanField Field\nCharField Field\nEmailField CharField\n"
     "RegexField CharField\nSlugField CharField\nURLField CharField\nUUIDField Field\n"
     "IPAddressField CharField\nIntegerField Field\nBigIntegerField IntegerField\n"
     "FloatField Field\nDecimalField Field\nDateTimeField Field\nDateField Field\n"
     "TimeField Field\nDurationField Field\nChoiceField Field\nMultipleChoiceField ChoiceField\n"
     "FilePathField ChoiceField\nFileField Field\nImageField FileField\nListField Field\n"
     "DictField Field\nHStoreField DictField\nJSONField Field\nReadOnlyField Field\n"
     "HiddenField Field\nSerializerMethodField Field\nModelField Field\nRelatedField Field\n"
     "StringRelatedField RelatedField\nPrimaryKeyRelatedField RelatedField\n"
     "HyperlinkedRelatedField RelatedField\nHyperlinkedIdentityField HyperlinkedRelatedField\n"
     "SlugRelatedField RelatedField\nManyRelatedField Field\n"},
    {"rest_framework.permissions",
     "BasePermission\nAllowAny BasePermission\nIsAuthenticated BasePermission\n"
     "IsAdminUser BasePermission\nIsAuthenticatedOrReadOnly BasePermission\n"
     "DjangoModelPermissions BasePermission\nDjangoObjectPermissions DjangoModelPermissions\n"},
    {"rest_framework.pagination",
     "BasePagination\nPageNumberPagination BasePagination\nLimitOffsetPagination BasePagination\n"
     "CursorPagination BasePagination\n"},
    {"rest_framework.filters",
     "BaseFilterBackend\nSearchFilter BaseFilterBackend\nOrderingFilter BaseFilterBackend\n"},
    {"rest_framework.authtoken.models",
     "Token django.db.models.Model\nTokenProxy Token\n"},
    {"rest_framework.exceptions", "APIException\nValidationError APIException\n"},
    {"rest_framework.authentication",
     "BaseAuthentication\nSessionAuthentication BaseAuthentication\n"
     "BasicAuthentication BaseAuthentication\nTokenAuthentication BaseAuthentication\n"},
    {"rest_framework.renderers", "BaseRenderer\nJSONRenderer BaseRenderer\n"},
    {"rest_framework.test", "APITestCase django.test.TestCase\nAPIClient\n"},
    {"django_filters", "BaseFilterSet\nFilterSet BaseFilterSet\nFilter\nCharFilter Filter\n"
     "BooleanFilter Filter\nNumberFilter Filter\nChoiceFilter Filter\nModelChoiceFilter Filter\n"
     "ModelMultipleChoiceFilter Filter\nMultipleChoiceFilter Filter\n"},
    {"django_filters.rest_framework",
     "FilterSet django_filters.FilterSet\nDjangoFilterBackend\n"},
    {"django_filters.views",
     "FilterMixin\nBaseFilterView FilterMixin django.views.generic.MultipleObjectMixin "
     "django.views.generic.View\nFilterView "
     "django.views.generic.MultipleObjectTemplateResponseMixin BaseFilterView\n"},
    {"taggit.managers", "TaggableManager django.db.models.Field\n"},
    {"taggit.models",
     "TagBase django.db.models.Model\nTag TagBase\nItemBase django.db.models.Model\n"
     "TaggedItemBase ItemBase\nCommonGenericTaggedItemBase ItemBase\n"
     "GenericTaggedItemBase CommonGenericTaggedItemBase\n"
     "TaggedItem GenericTaggedItemBase TaggedItemBase\n"},
    {"tagulous.models",
     "TagField django.db.models.ManyToManyField\nSingleTagField\n"
     "BaseTagModel django.db.models.Model\nTagModel BaseTagModel\nTagTreeModel BaseTagModel\n"
     "MadeTag TagModel\n"},
    {"modelcluster.fields",
     "ParentalKey django.db.models.ForeignKey\n"
     "ParentalManyToManyField django.db.models.ManyToManyField\n"},
    {"modelcluster.models", "ClusterableModel django.db.models.Model\n"},
    {"modelcluster.contrib.taggit", "ClusterTaggableManager taggit.managers.TaggableManager\n"},
    {"treebeard.models", "Node django.db.models.Model\n"},
    {"treebeard.mp_tree",
     "MP_NodeQuerySet django.db.models.QuerySet\nMP_NodeManager django.db.models.Manager\n"
     "MP_Node treebeard.models.Node\n"},
    {"treebeard.ns_tree", "NS_Node treebeard.models.Node\n"},
    {"treebeard.al_tree", "AL_Node treebeard.models.Node\n"},
    {"mptt.querysets", "TreeQuerySet django.db.models.QuerySet\n"},
    {"mptt.managers", "TreeManager django.db.models.Manager\n"},
    {"mptt.models", "MPTTModel django.db.models.Model\n"},
    {"mptt.fields",
     "TreeForeignKey django.db.models.ForeignKey\n"
     "TreeOneToOneField django.db.models.OneToOneField\n"
     "TreeManyToManyField django.db.models.ManyToManyField\n"},
    {"mptt.admin", "MPTTModelAdmin django.contrib.admin.ModelAdmin\n"
     "DraggableMPTTAdmin MPTTModelAdmin\n"},
    {"model_utils.models",
     "TimeStampedModel django.db.models.Model\nUUIDModel django.db.models.Model\n"
     "StatusModel django.db.models.Model\nTimeFramedModel django.db.models.Model\n"
     "SoftDeletableModel django.db.models.Model\n"},
    {"model_utils.managers",
     "InheritanceQuerySet django.db.models.QuerySet\n"
     "InheritanceManager django.db.models.Manager\nQueryManager django.db.models.Manager\n"},
    {"model_utils.fields",
     "StatusField django.db.models.CharField\nMonitorField django.db.models.DateTimeField\n"
     "AutoCreatedField django.db.models.DateTimeField\n"
     "AutoLastModifiedField AutoCreatedField\n"},
    {"polymorphic.query", "PolymorphicQuerySet django.db.models.QuerySet\n"},
    {"polymorphic.managers", "PolymorphicManager django.db.models.Manager\n"},
    {"polymorphic.models", "PolymorphicModel django.db.models.Model\n"},
    {"django_extensions.db.models",
     "TimeStampedModel django.db.models.Model\nTitleDescriptionModel django.db.models.Model\n"
     "ActivatorModel django.db.models.Model\n"},
    {"solo.models", "SingletonModel django.db.models.Model\n"},
    {"rules.contrib.models",
     "RulesModelMixin\nRulesModel RulesModelMixin django.db.models.Model\n"},
    {"rules.contrib.views",
     "PermissionRequiredMixin django.contrib.auth.mixins.PermissionRequiredMixin\n"
     "AutoPermissionRequiredMixin PermissionRequiredMixin\n"},
    {"rest_flex_fields.serializers",
     "FlexFieldsSerializerMixin\nFlexFieldsModelSerializer FlexFieldsSerializerMixin "
     "rest_framework.serializers.ModelSerializer\n"},
    {"drf_writable_nested.mixins",
     "BaseNestedModelSerializer rest_framework.serializers.ModelSerializer\n"
     "NestedCreateMixin BaseNestedModelSerializer\n"
     "NestedUpdateMixin BaseNestedModelSerializer\n"
     "UniqueFieldsMixin rest_framework.serializers.ModelSerializer\n"},
    {"drf_writable_nested.serializers",
     "WritableNestedModelSerializer drf_writable_nested.mixins.NestedCreateMixin "
     "drf_writable_nested.mixins.NestedUpdateMixin "
     "rest_framework.serializers.ModelSerializer\n"},
    {"django_tables2", "Table\nColumn\nTemplateColumn Column\nDateTimeColumn Column\n"
     "LinkColumn Column\n"},
    {"django_tables2.views",
     "TableMixinBase django.views.generic.ContextMixin\nSingleTableMixin TableMixinBase\n"
     "SingleTableView SingleTableMixin django.views.generic.ListView\n"
     "MultiTableMixin TableMixinBase\n"},
    {"modelcluster.forms", "ClusterForm django.forms.ModelForm\n"},
    {"i18nfield.forms",
     "I18nFormMixin\nI18nForm I18nFormMixin django.forms.Form\n"
     "I18nModelForm I18nFormMixin django.forms.ModelForm\nI18nFormSetMixin\n"
     "I18nModelFormSet I18nFormSetMixin django.forms.BaseModelFormSet\n"
     "I18nInlineFormSet I18nFormSetMixin django.forms.BaseInlineFormSet\n"},
    {"i18nfield.fields",
     "I18nCharField django.db.models.TextField\nI18nTextField django.db.models.TextField\n"},
    {"modelsearch.index", "Indexed\nBaseField\nSearchField BaseField\n"
     "AutocompleteField BaseField\nFilterField BaseField\nRelatedFields\n"},
    {"urlman", "Urls\n"},
    {"safedelete.models", "SafeDeleteModel django.db.models.Model\n"},
    {"simple_history.models", "HistoricalRecords\n"},
    {"reversion.admin", "VersionAdmin django.contrib.admin.ModelAdmin\n"},
    {"polymorphic.admin",
     "PolymorphicParentModelAdmin django.contrib.admin.ModelAdmin\n"
     "PolymorphicChildModelAdmin django.contrib.admin.ModelAdmin\n"},
    {"celery", "Task\n"},
    {"django_scopes", "ScopedManager django.db.models.Manager\n"},
    {"import_export.admin",
     "ImportExportModelAdmin django.contrib.admin.ModelAdmin\n"
     "ImportExportMixin\nExportMixin\nImportMixin\n"},
    {"import_export.resources", "Resource\nModelResource Resource\n"},
    {"import_export.fields", "Field\n"},
    {"graphene_django", "DjangoObjectType\n"},
    {"unfold.admin",
     "ModelAdmin django.contrib.admin.ModelAdmin\n"
     "StackedInline django.contrib.admin.StackedInline\n"
     "TabularInline django.contrib.admin.TabularInline\n"},
    {"nested_admin",
     "NestedModelAdmin django.contrib.admin.ModelAdmin\n"
     "NestedStackedInline django.contrib.admin.StackedInline\n"
     "NestedTabularInline django.contrib.admin.TabularInline\n"},
    {"simple_history.admin", "SimpleHistoryAdmin django.contrib.admin.ModelAdmin\n"},
    {"guardian.admin", "GuardedModelAdmin django.contrib.admin.ModelAdmin\n"},
    {"modeltranslation.admin",
     "TranslationAdmin django.contrib.admin.ModelAdmin\n"
     "TabbedTranslationAdmin TranslationAdmin\n"
     "TranslationStackedInline django.contrib.admin.StackedInline\n"
     "TranslationTabularInline django.contrib.admin.TabularInline\n"},
    {"adminsortable2.admin",
     "SortableAdminBase\nSortableAdminMixin SortableAdminBase\nSortableInlineAdminMixin\n"},
    {"django_object_actions", "BaseDjangoObjectActions\nDjangoObjectActions "
     "BaseDjangoObjectActions\n"},
    {"haystack.indexes",
     "SearchIndex\nModelSearchIndex SearchIndex\nIndexable\nSearchField\nCharField SearchField\n"
     "NgramField CharField\nEdgeNgramField CharField\nLocationField SearchField\n"
     "IntegerField SearchField\nFloatField SearchField\nDecimalField SearchField\n"
     "BooleanField SearchField\nDateField SearchField\nDateTimeField SearchField\n"
     "MultiValueField SearchField\n"},
    {"django_elasticsearch_dsl", "Document\nDocType Document\n"},
    {"django_elasticsearch_dsl.fields",
     "DEDField\nObjectField DEDField\nNestedField ObjectField\nTextField DEDField\n"
     "KeywordField DEDField\nIntegerField DEDField\nLongField DEDField\nShortField DEDField\n"
     "FloatField DEDField\nDoubleField DEDField\nBooleanField DEDField\nDateField DEDField\n"
     "ListField DEDField\nFileField DEDField\nCompletionField DEDField\n"},
};

typedef struct Spelling {
    const char *from, *to; /* packages: what follows stays */
} Spelling;

/* The longest ones first: the first that fits is taken. */
static const Spelling spellings[] = {
    {"django.contrib.gis.db.models.fields", "django.db.models"},
    {"django.contrib.gis.db.models", "django.db.models"},
    {"django.contrib.gis.admin.options", "django.contrib.gis.admin"},
    {"django.contrib.contenttypes.generic", "django.contrib.contenttypes.fields"},
    {"django.contrib.postgres.fields.array", "django.contrib.postgres.fields"},
    {"django.contrib.postgres.fields.hstore", "django.contrib.postgres.fields"},
    {"django.contrib.postgres.fields.ranges", "django.contrib.postgres.fields"},
    {"django.contrib.postgres.fields.jsonb", "django.contrib.postgres.fields"},
    {"django.contrib.postgres.fields.citext", "django.contrib.postgres.fields"},
    {"django.contrib.auth.base_user", "django.contrib.auth.models"},
    {"django.contrib.admin.options", "django.contrib.admin"},
    {"django.contrib.admin.filters", "django.contrib.admin"},
    {"django.contrib.admin.sites", "django.contrib.admin"},
    {"django.contrib.admin.decorators", "django.contrib.admin"},
    {"django.contrib.sitemaps.views", "django.contrib.sitemaps.views"},
    {"django.db.models.fields.related", "django.db.models"},
    {"django.db.models.fields.files", "django.db.models"},
    {"django.db.models.fields.json", "django.db.models"},
    {"django.db.models.fields.generated", "django.db.models"},
    {"django.db.models.fields", "django.db.models"},
    {"django.db.models.base", "django.db.models"},
    {"django.db.models.manager", "django.db.models"},
    {"django.db.models.query_utils", "django.db.models"},
    {"django.db.models.query", "django.db.models"},
    {"django.db.models.expressions", "django.db.models"},
    {"django.db.models.aggregates", "django.db.models"},
    {"django.db.models.enums", "django.db.models"},
    {"django.db.models.indexes", "django.db.models"},
    {"django.db.models.constraints", "django.db.models"},
    {"django.db.models.lookups", "django.db.models"},
    {"django.db.models.deletion", "django.db.models"},
    {"django.db.migrations.migration", "django.db.migrations"},
    {"django.views.generic.base", "django.views.generic"},
    {"django.views.generic.list", "django.views.generic"},
    {"django.views.generic.detail", "django.views.generic"},
    {"django.views.generic.edit", "django.views.generic"},
    {"django.views.generic.dates", "django.views.generic"},
    {"django.forms.forms", "django.forms"},
    {"django.forms.models", "django.forms"},
    {"django.forms.fields", "django.forms"},
    {"django.forms.formsets", "django.forms"},
    {"django.forms.widgets", "django.forms"},
    {"django.test.testcases", "django.test"},
    {"django.test.client", "django.test"},
    {"django.apps.config", "django.apps"},
    {"django.dispatch.dispatcher", "django.dispatch"},
    {"rest_framework.relations", "rest_framework.serializers"},
    {"rest_framework.fields", "rest_framework.serializers"},
    {"django_filters.filterset", "django_filters"},
    {"django_filters.filters", "django_filters"},
    {"django_filters.rest_framework.filterset", "django_filters.rest_framework"},
    {"django_filters.rest_framework.backends", "django_filters.rest_framework"},
    {"django_tables2.tables", "django_tables2"},
    {"django_tables2.columns", "django_tables2"},
    {"django_elasticsearch_dsl.documents", "django_elasticsearch_dsl"},
    {"graphene_django.types", "graphene_django"},
};

/* One name for one other. */
static const Spelling renamed[] = {
    {"django.views.View", "django.views.generic.View"},
    {"django.core.management.BaseCommand", "django.core.management.base.BaseCommand"},
    {"django.core.management.CommandError", "django.core.management.base.CommandError"},
    {"django.db.transaction.Atomic", "django.db.transaction.atomic"},
    {"django.contrib.auth.models.get_user_model", "django.contrib.auth.get_user_model"},
    {"django_tables2.SingleTableMixin", "django_tables2.views.SingleTableMixin"},
    {"django_tables2.SingleTableView", "django_tables2.views.SingleTableView"},
    {"polymorphic.models.PolymorphicManager", "polymorphic.managers.PolymorphicManager"},
    {"rest_flex_fields.FlexFieldsModelSerializer",
     "rest_flex_fields.serializers.FlexFieldsModelSerializer"},
    {"model_utils.FieldTracker", "model_utils.tracker.FieldTracker"},
    {"drf_writable_nested.WritableNestedModelSerializer",
     "drf_writable_nested.serializers.WritableNestedModelSerializer"},
    {"drf_writable_nested.NestedCreateMixin", "drf_writable_nested.mixins.NestedCreateMixin"},
    {"drf_writable_nested.NestedUpdateMixin", "drf_writable_nested.mixins.NestedUpdateMixin"},
    {"drf_writable_nested.UniqueFieldsMixin", "drf_writable_nested.mixins.UniqueFieldsMixin"},
};

Str known_canonical(const Project *project, Str dotted) {
    const char *text = project_text(project, dotted);
    if (!dotted || !strchr(text, '.')) return dotted;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(text, renamed[i].from) == 0) return str_of(project->strings, renamed[i].to);
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        size_t length = strlen(spellings[i].from);
        if (strncmp(text, spellings[i].from, length) != 0 || text[length] != '.') continue;
        return name_format(project, "%s%s", spellings[i].to, text + length);
    }
    return dotted;
}

/* The modules of Python's library that classes are taken from. */
static const char *const library[] = {
    "abc", "argparse", "ast", "asyncio", "base64", "builtins", "codecs", "collections",
    "concurrent", "configparser", "contextlib", "copy", "csv", "ctypes", "dataclasses",
    "datetime", "decimal", "email", "enum", "fractions", "functools", "html", "http", "io",
    "ipaddress", "itertools", "json", "locale", "logging", "mimetypes", "multiprocessing",
    "numbers", "operator", "pathlib", "pickle", "queue", "random", "re", "smtplib", "socket",
    "socketserver", "ssl", "string", "subprocess", "tempfile", "threading", "time", "types",
    "typing", "typing_extensions", "unittest", "urllib", "uuid", "warnings", "weakref", "xml",
    "zipfile", "zoneinfo",
};

bool known_module(const char *dotted) {
    size_t length = strcspn(dotted, ".");
    for (size_t i = 0; i < sizeof library / sizeof *library; i++)
        if (strlen(library[i]) == length && memcmp(library[i], dotted, length) == 0) return true;
    return false;
}

static void add_base(Project *project, LinkClass *made, const char *package, const char *base,
                     size_t length) {
    Str name = memchr(base, '.', length)
        ? str_intern(project->strings, base, length)
        : name_format(project, "%s.%.*s", package, (int)length, base);
    const LinkClass *found = map_get(&project->index->canonical, name);
    if (!found) abort(); /* the table is wrong: a base must stand above */
    made->klass.bases[made->klass.base_count++] = &found->klass;
}

/* The table's classes have orders without conflicts: each base's, without repeating one. What a
 * later base also has goes behind that base's own, as C3 would. */
static void set_order(Project *project, LinkClass *made) {
    const Class *order[LINK_BASES];
    uint32_t count = 0;
    order[count++] = &made->klass;
    for (uint32_t i = 0; i < made->klass.base_count; i++) {
        const Class *base = made->klass.bases[i];
        for (uint32_t k = 0; k < base->mro_count && count < LINK_BASES; k++) {
            bool later = false;
            for (uint32_t m = i + 1; m < made->klass.base_count; m++)
                later |= class_inherits(made->klass.bases[m], base->mro[k]);
            if (!later) order[count++] = base->mro[k];
        }
    }
    made->klass.mro = arena_many(project->arena, const Class *, count);
    memcpy(made->klass.mro, order, sizeof *order * count);
    made->klass.mro_count = count;
    made->klass.mro_complete = true;
}

static void load_line(Project *project, const char *package, const char *line, size_t length) {
    size_t end = 0;
    while (end < length && line[end] != ' ') end++;
    Str name = str_intern(project->strings, line, end);
    Str dotted = name_format(project, "%s.%s", package, project_text(project, name));
    LinkClass *made = class_make(project, name, dotted);
    made->klass.external = made->in_table = made->whole = true;
    made->state = STEP_DONE;
    made->klass.bases = arena_many(project->arena, const Class *, 4);
    while (end < length) {
        size_t start = ++end;
        while (end < length && line[end] != ' ') end++;
        add_base(project, made, package, line + start, end - start);
    }
    set_order(project, made);
    map_put(project->arena, &project->index->canonical, dotted, made);
    map_put(project->arena, &project->by_qualified, dotted, &made->klass);
}

/* A base that the table does not have is left out: what it adds is not known anyway. */
static void load_told(Project *project, const ToldModel *told) {
    Str dotted = str_of(project->strings, told->model.dotted);
    if (map_get(&project->index->canonical, dotted)) return;
    const char *dot = strrchr(told->model.dotted, '.');
    const char *last = dot ? dot + 1 : told->model.dotted;
    LinkClass *made = class_make(project, str_of(project->strings, last), dotted);
    made->klass.external = made->in_table = made->whole = true;
    made->state = STEP_DONE;
    made->klass.bases = arena_many(project->arena, const Class *, LINK_BASES);
    for (const char *at = told->bases; *at && made->klass.base_count < 8;) {
        size_t length = strcspn(at, " ");
        Str name = str_intern(project->strings, at, length);
        const LinkClass *base = map_get(&project->index->canonical, name);
        if (base) made->klass.bases[made->klass.base_count++] = &base->klass;
        at += length + strspn(at + length, " ");
    }
    set_order(project, made);
    map_put(project->arena, &project->index->canonical, dotted, made);
    map_put(project->arena, &project->by_qualified, dotted, &made->klass);
}

void known_load(Project *project) {
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
        const char *line = packages[i].classes;
        while (*line) {
            size_t length = strcspn(line, "\n");
            load_line(project, packages[i].package, line, length);
            line += length + 1;
        }
    }
    for (uint32_t i = 0; i < project->index->options.model_count; i++)
        load_told(project, &project->index->options.models[i]);
}
