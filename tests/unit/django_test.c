/* Which versions of Django specifiers and the files of a project allow. */
#include "source/django.h"

#include "tests/unit/tap.h"

static void says(const char *specifier, unsigned least, unsigned most, bool exact) {
    DjangoRange range;
    bool one;
    bool good = django_specifier(specifier, strlen(specifier), &range, &one)
                && range.least == least && range.most == most && one == exact;
    if (!TAP_OK(good, specifier)) printf("# %u-%u %d\n", range.least, range.most, one);
}

static void silent(const char *specifier) {
    DjangoRange range;
    bool one;
    TAP_OK(!django_specifier(specifier, strlen(specifier), &range, &one), specifier);
}

static void file_says(const char *name, const char *text, unsigned least, unsigned most) {
    DjangoRange range;
    bool exact;
    bool found = django_text(django_file(name, false), text, &range, &exact);
    bool good = least ? found && range.least == least && range.most == most : !found;
    if (!TAP_OK(good, name)) printf("# %d %u-%u\n", found, range.least, range.most);
}

static void test_specifiers(void) {
    says(">=4.2", 42, 61, false);
    says(">=4.2,<5.0", 42, 42, false);
    says(">= 4.2 , < 5.3", 42, 52, false);
    says("<5", 32, 42, false);
    says("<=5.1", 32, 51, false);
    says("<4.2.5", 32, 42, false);
    says("~=4.2", 42, 42, false);
    says("~=4.0", 40, 42, false);
    says("~=4.2.1", 42, 42, false);
    says("==4.2.*", 42, 42, false);
    says("==4.*", 40, 42, false);
    says("==4.2.11", 42, 42, true);
    says("==5.2rc1", 52, 52, true);
    says("==5", 50, 50, false);
    says("4.2.11", 42, 42, true);
    says("^4.1", 41, 42, false);
    says("^5", 50, 52, false);
    says("~5.1", 51, 51, false);
    says(">=4.2,!=5.0.1", 42, 61, false);
    says("(>=3.2,<4)", 32, 32, false);
    says("==1.11", 32, 32, true);
    says(">=7", 61, 61, false);
    says("99999999999999999999.99999999999", 61, 61, true);
    silent("");
    silent("*");
    silent("latest");
    silent(">=");
    silent(">=4.2 || ^6");
    silent("git+https");
}

static void test_requirements(void) {
    file_says("requirements.txt", "celery==5.3\nDjango==4.2.7  # LTS\n", 42, 42);
    file_says("requirements.txt", "django[argon2]>=4.2,<5.2; python_version > '3.9'\n", 42, 51);
    file_says("requirements-dev.in", "django == 5.2.1 --hash=sha256:00\n", 52, 52);
    file_says("requirements.txt", "django>=3.2\n-r base.txt\nDjango==5.1\n", 51, 51);
    file_says("requirements.txt", "django-filter==4.2\ndjangorestframework==3.14\n", 0, 0);
    file_says("requirements.txt", "django @ https://example.org/django-4.2.zip\n", 0, 0);
    file_says("notes.txt", "Django==4.2\n", 0, 0);
}

static void test_project_files(void) {
    file_says("pyproject.toml",
              "[project]\nclassifiers = [\"Framework :: Django :: 5.0\"]\n"
              "dependencies = [\"requests\", \"Django>=4.2,<5.2\"]\n", 42, 51);
    file_says("pyproject.toml",
              "[tool.poetry.dependencies]\npython = \"^3.9\"\ndjango = \"^4.2\"\n", 42, 42);
    file_says("pyproject.toml",
              "[tool.poetry.dependencies]\nDjango = {version = \"~5.1\", extras = [\"bcrypt\"]}\n",
              51, 51);
    file_says("pyproject.toml", "[tool.isort]\ndjango = \"4.2\"\n", 0, 0);
    file_says("pyproject.toml", "[tool.poetry.dependencies]\ndjango = {version\n", 0, 0);
    file_says("Pipfile", "[packages]\ndjango = \"==4.2.9\"\n[requires]\npython_version = \"3\"\n",
              42, 42);
    file_says("Pipfile", "[packages]\ndjango = \"*\"\n", 0, 0);
    file_says("setup.cfg", "[options]\ninstall_requires =\n    Django >= 3.2, < 5\n", 32, 42);
    file_says("setup.cfg", "[tool:pytest]\naddopts = x\n    Django >= 3.2\n", 0, 0);
    file_says("setup.py", "setup(install_requires=[\"celery\", 'Django>=4.2,<4.3'])\n", 42, 42);
    file_says("setup.py", "packages = [\"django\", \"django_x\"]\n", 0, 0);
}

static void test_locks(void) {
    file_says("poetry.lock",
              "[[package]]\nname = \"celery\"\nversion = \"5.0\"\n\n"
              "[[package]]\nname = \"Django\"\nversion = \"4.2.16\"\n", 42, 42);
    file_says("uv.lock", "[[package]]\nname = \"django\"\nversion = \"5.2.1\"\n", 52, 52);
    file_says("pdm.lock",
              "[[package]]\nname = \"django\"\n\n[[package]]\nversion = \"5.2\"\n", 0, 0);
    file_says("Pipfile.lock",
              "{\"default\": {\"django\": {\"hashes\": [\"a\"], \"version\": \"==3.2.25\"}}}",
              32, 32);
    file_says("Pipfile.lock", "{\"default\": {\"django\": {\"version\"", 0, 0);
}

int main(void) {
    test_specifiers();
    test_requirements();
    test_project_files();
    test_locks();
    return tap_done();
}
