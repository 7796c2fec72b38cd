/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_SOURCE_REGISTRY_FACTS_H
#define SCP_CHECK_SOURCE_REGISTRY_FACTS_H

#include "base/json.h"
#include "io/registry/registry.h"

/*
 * What every plugin that reads a registry shows of it in the `facts` object of its JSON (doc/json.schema.json).
 */
enum { SCP_FACTS_MAX = 32 << 20 }; /* bytes of one plugin's facts */

/* Adds the members "stores", "values" and "anomalies" to the object that is open. */
void scp_registry_facts_put(struct scp_json *j, const struct scp_registry *r);

#endif
