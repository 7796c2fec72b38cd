/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/catalogue.h"

#include <string.h>

const struct scp_catalogue_entry *scp_catalogue_find(const struct scp_catalogue_entry *const *tables, const char *id)
{
    for (; tables != NULL && *tables != NULL; tables++) {
        for (const struct scp_catalogue_entry *e = *tables; e->id != NULL; e++) {
            if (strcmp(e->id, id) == 0)
                return e;
        }
    }
    return NULL;
}
