# SPDX-License-Identifier: GPL-3.0-or-later
#
# Profiles as C: awk -f embed.awk scp.ini article.ini … > profile_builtin.c
# Characters are written one by one: ISO C limits the length of string literals.
BEGIN {
    print "/* Made from the profiles by embed.awk; do not edit. */"
    print "#include \"windows/profile.h\""
    print ""
    print "#include <stddef.h>"
    for (i = 32; i < 127; i++)
        code[sprintf("%c", i)] = i
}
FNR == 1 {
    if (names > 0)
        print "    0\n};"
    name = FILENAME
    sub(/^.*\//, "", name)
    sub(/\.ini$/, "", name)
    profile[names++] = name
    print "\nstatic const char " name "_text[] = {"
}
{
    out = "    "
    n = length($0)
    for (i = 1; i <= n; i++) {
        c = substr($0, i, 1)
        if (!(c in code)) {
            print "data/embed.awk: " FILENAME ":" FNR ": not an ASCII character" > "/dev/stderr"
            exit 1
        }
        out = out code[c] ","
    }
    print out "10,"
}
END {
    if (names > 0)
        print "    0\n};"
    print "\nconst struct scp_profile_builtin scp_profile_builtins[] = {"
    for (i = 0; i < names; i++)
        print "    { \"" profile[i] "\", " profile[i] "_text },"
    print "    { NULL, NULL },"
    print "};"
}
