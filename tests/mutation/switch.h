/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a source with faults in it includes before all else: all faults are compiled in, and SCP_MUTANT in the environment says
 * which one is on.  SCP_MUTANTS_SEEN names a file in which a byte is set for every fault that a run came by.
 */
#ifndef SCP_TESTS_MUTATION_SWITCH_H
#define SCP_TESTS_MUTATION_SWITCH_H

extern unsigned char *scp_mutants_seen;
extern int scp_mutant_on;

/* Takes the fault that the environment names, where that became another one. */
void scp_mutants_take(void);

#define SCP_MUTANT(n) (scp_mutants_seen[n] = 1, scp_mutant_on == (n))

#endif
