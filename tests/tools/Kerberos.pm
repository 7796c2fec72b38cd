# SPDX-License-Identifier: GPL-3.0-or-later
#
# A Kerberos realm SCP.TEST of its own: a KDC on loopback in a private folder, its configuration in the environment.
package Kerberos;

use strict;
use warnings;
use Exporter qw(import);
use Scp;
use Servers qw(start_program free_port);
use Time::HiRes qw(sleep);

our @EXPORT = qw(kerberos_missing start_realm);

# Why there can be none; undef when there can.
sub kerberos_missing
{
    return 'a KDC needs root' if $> != 0;
    for my $program (qw(kdb5_util kadmin.local krb5kdc kinit)) {
        return "$program is not installed" if !which($program);
    }
    return undef;
}

# start_realm(user, password, service): the service's keytab; the user has a ticket in $ENV{KRB5CCNAME}.  undef when it fails.
sub start_realm
{
    my ($user, $password, $service) = @_;
    my $dir = scratch('krb');
    mkdir $_ for $dir, "$dir/kdc", "$dir/replay";
    chmod 01777, "$dir/replay";    # a service remembers in it what it was shown, whoever it runs as; else it would in TMPDIR, which may be ours alone
    my $port = free_port();
    write_bytes("$dir/krb5.conf", <<"END");
[libdefaults]
  default_realm = SCP.TEST
  rdns = false
  dns_canonicalize_hostname = false
  dns_lookup_kdc = false
[realms]
  SCP.TEST = {
    kdc = 127.0.0.1:$port
  }
END
    write_bytes("$dir/kdc.conf", <<"END");
[kdcdefaults]
  kdc_listen = 127.0.0.1:$port
  kdc_tcp_listen = 127.0.0.1:$port
[realms]
  SCP.TEST = {
    database_name = $dir/kdc/principal
    key_stash_file = $dir/kdc/stash
    acl_file = $dir/kdc/acl
    disable_pac = true
  }
END
    @ENV{qw(KRB5_CONFIG KRB5_KDC_PROFILE KRB5CCNAME KRB5RCACHEDIR)} = ("$dir/krb5.conf", "$dir/kdc.conf", "FILE:$dir/cc", "$dir/replay");
    my $quiet = ">> $dir/out 2>&1";
    for my $command ('kdb5_util create -s -r SCP.TEST -P master', "kadmin.local -q 'addprinc -pw $password $user'",
                     "kadmin.local -q 'addprinc -randkey $service'", "kadmin.local -q 'ktadd -k $dir/service.keytab $service'") {
        return undef if system("$command $quiet") != 0;
    }
    chmod 0644, "$dir/service.keytab";
    start_program(which('krb5kdc'), '-n');
    for (1 .. 100) {
        return "$dir/service.keytab" if system("echo $password | kinit $user $quiet") == 0;
        sleep 0.05;
    }
    return undef;
}

1;
