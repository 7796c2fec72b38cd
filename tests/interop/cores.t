#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The definitions in contrib/, as the monitoring cores themselves read them; skipped by name where one is absent.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $plugins = abs_path(($ENV{top_builddir} // "$top/build") . '/plugins');
my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;

sub which { my ($name) = @_; return (grep { -x } map { "$_/$name" } split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin')[0] }
sub save { my ($name, $text) = @_; open my $f, '>', "$dir/$name" or die "$name: $!"; print $f $text; close $f; return "$dir/$name" }
sub slurp { my ($name) = @_; local $/; open my $f, '<', $name or die "$name: $!"; return scalar <$f> }
sub output { my $text = `@_ 2>&1`; return ($? >> 8, $text) }

SKIP: {
    my $icinga = which('icinga2') or skip 'icinga2 is not installed', 2;
    mkdir "$dir/$_" for qw(data log cache spool run);
    my @where = map { "-D $_" } "DataDir=$dir/data", "LogDir=$dir/log", "CacheDir=$dir/cache", "SpoolDir=$dir/spool", "InitRunDir=$dir/run",
        "PidPath=$dir/run/icinga2.pid", "ModAttrPath=$dir/data/modified-attributes.conf", "StatePath=$dir/data/icinga2.state",
        "ObjectsPath=$dir/cache/icinga2.debug", "VarsPath=$dir/cache/icinga2.vars";
    my $conf = save('icinga2.conf', qq{include <itl>\nconst PluginDir = "$plugins"\nconst NodeName = "test"\ninclude "$top/contrib/icinga2/check_scp.conf"\n}
        . qq{object Host "scp01" { check_command = "dummy" }\nobject Service "roots" { host_name = "scp01"; check_command = "scp_roots"; vars.scp_registry = ["/a.reg", "/b.reg"] }\n}
        . qq{object Service "revocation" { host_name = "scp01"; check_command = "scp_revocation"; vars.scp_proxy = "none"; vars.scp_skip = ["mscrl", "msocsp"] }\n});
    system("chown -R nagios: $dir") if $> == 0 && getpwnam('nagios');
    # It gives up root's rights for those of its own user; without them it has to stay who it is.
    local @ENV{qw(ICINGA2_USER ICINGA2_GROUP)} = (scalar getpwuid($>), scalar getgrgid((split / /, $))[0])) if $> != 0;
    my ($code, $text) = output("$icinga daemon -C -c $conf @where");
    is($code, 0, 'icinga2 daemon -C takes the definition') or diag($text);
    like($text, qr/2 Services/, 'and the services that use them');
}
SKIP: {
    my $nagios = which('nagios4') or skip 'nagios4 is not installed', 1;
    mkdir "$dir/nagios";
    system("chown -R nagios: $dir/nagios") if $> == 0 && getpwnam("nagios");
    save('objects.cfg', <<"END");
define timeperiod {
    timeperiod_name always
    alias always
    monday 00:00-24:00
}
define command {
    command_name nop
    command_line /bin/true
}
define contact {
    contact_name nobody
    host_notifications_enabled 0
    service_notifications_enabled 0
    host_notification_period always
    service_notification_period always
    host_notification_options n
    service_notification_options n
    host_notification_commands nop
    service_notification_commands nop
}
define host {
    host_name scp01
    address 127.0.0.1
    check_command nop
    max_check_attempts 1
    check_period always
    contacts nobody
    notification_period always
}
define service {
    host_name scp01
    service_description roots
    check_command check_scp_roots!/var/lib/scp/scp01.reg!--max-age=26h
    max_check_attempts 1
    check_interval 1
    retry_interval 1
    check_period always
    notification_period always
    contacts nobody
}
END
    save('objects.cfg', slurp("$dir/objects.cfg") =~ s/(define service \{.*?\n\}\n)/my $one = $1; $one . $one =~ s{_roots!\S+}{_revocation!--skip=mscrl}r =~ s{description roots}{description revocation}r/ser);
    save('resource.cfg', "\$USER1\$=$plugins\n");
    my $cfg = save('nagios.cfg', join '', map { "$_\n" } "cfg_file=$dir/objects.cfg", "cfg_file=$top/contrib/nagios/check_scp.cfg", "resource_file=$dir/resource.cfg",
        (map { "${_}=$dir/nagios/$_" } qw(log_file object_cache_file precached_object_file status_file state_retention_file temp_file command_file lock_file)),
        "check_result_path=$dir/nagios", "temp_path=$dir/nagios", "log_archive_path=$dir/nagios");
    my ($code, $text) = output("$nagios -v $cfg");
    is($code, 0, 'nagios4 -v takes the definition') or diag($text);
}
SKIP: {
    my $agent = which('zabbix_agentd') or skip 'zabbix_agentd is not installed', 2;
    my $parameter = slurp("$top/contrib/zabbix/userparameter_check_scp.conf") =~ s{/usr/lib/nagios/plugins}{$plugins}gr;
    my $registry = save('none.reg', "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates]\r\n\r\n");
    my $conf = save('zabbix.conf', "LogFile=$dir/zabbix.log\nServer=127.0.0.1\nHostname=test\nPidFile=$dir/zabbix.pid\n$parameter");
    my (undef, $text) = output("$agent -c $conf -t 'scp.roots[$registry]'");
    like($text, qr/\[t\|\{"schema":1,.*"exit_code":3/s, 'zabbix_agentd -t runs the parameter and gets JSON') or diag($text);
    (undef, $text) = output("$agent -c $conf -t 'scp.revocation[nosuch,none]'");
    like($text, qr/\[t\|\{"schema":1,"plugin":"check_scp_revocation",.*"exit_code":3/s, 'and the one of the hosts') or diag($text);
}
done_testing();
