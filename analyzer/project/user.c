/* The model that settings.AUTH_USER_MODEL names. */
#include "project/model.h"

const Model *project_user_model(const Project *project) {
    const LinkModel *user = project->index->user;
    return user ? &user->model : NULL;
}
