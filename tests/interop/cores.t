#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The definitions in contrib/ in the monitoring cores themselves: what each makes of a healthy service connection point, of the
# article's failure, and of one that cannot be read. Skipped by name where a core is absent; Zabbix's server is in zabbix.t.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use Daemons;
use DemoWorld;
use JSON::PP ();
use Scp;
use Test::More;

my $plugins = plugin_path('') =~ s{/\z}{}r;
-x plugin_path('check_scp') or plan skip_all => 'check_scp is not built';
# Processes of other users look into the scratch folder.
chmod 0755, scratch();

my $world = world();
my %registry = (healthy => {}, article => { update => 'off', root => 0 });
my %file = map { $_ => save("$_.reg", windows_export(scp_registry($world, %{ $registry{$_} })), time) } sort keys %registry;
$file{none} = scratch('none.reg');
my %log = (healthy => save('healthy.log', log_text(0), time), article => save('failing.log', log_text(1), time),
    none => scratch('none.log'));
my $profile = save('demo.ini', profile($world));
# The hosts are asked through a proxy that is not there, so that no network is needed.
my $proxy = 'http://127.0.0.1:1';
my %EXPECTED = (
    roots => { healthy => 0, article => 2, none => 3 }, autoupdate => { healthy => 0, article => 2, none => 3 }, intermediates => { healthy => 0, article => 2, none => 3 },
    status => { healthy => 0, article => 1, none => 3 }, revocation => { healthy => 2 }, scp => { healthy => 3, article => 2 },
);
my @SERVICES = map { my $check = $_; map { [$check, $_] } sort keys %{ $EXPECTED{$check} } } sort keys %EXPECTED;
my %WANTED = map { ("$_->[0] $_->[1]" => $EXPECTED{ $_->[0] }{ $_->[1] }) } @SERVICES;

sub output { my $text = `@_ 2>&1`; return ($? >> 8, $text) }
sub slurp_if { my ($path) = @_; return -e $path ? slurp($path) : '' }

# A folder that the core's own user may write.
sub folder_of
{
    my ($name, $user, @inside) = @_;
    my $folder = scratch($name);
    mkdir $_ for $folder, map { "$folder/$_" } @inside;
    if ($> == 0) {
        my ($uid, $gid) = (getpwnam $user)[2, 3];
        chown $uid, $gid, $folder, map { "$folder/$_" } @inside;
    }
    return $folder;
}

# --- Icinga 2 ---

sub icinga_service
{
    my ($check, $what) = @_;
    my $of = $check eq 'revocation' ? 'vars.scp_ipv4 = true' : $check eq 'status' ? qq{vars.scp_log = ["$log{$what}"]}
        : qq{vars.scp_registry = ["$file{$what}", "$file{$what}"]};
    $of .= qq{; vars.scp_proxy = "$proxy"} if $check =~ /\A(?:revocation|scp)\z/;
    $of .= '; vars.scp_skip = ["status"]' if $check eq 'scp';
    $of .= '; vars.scp_skip_endpoint = ["crl4", "aia_dc"]' if $check eq 'revocation';
    my $command = $check eq 'scp' ? 'scp' : "scp_$check";
    return qq{object Service "$check $what" { host_name = "scp01"; check_command = "$command"; check_interval = 1s; max_check_attempts = 1; $of; vars.scp_profile = "$profile" }\n};
}

sub icinga_configuration
{
    my ($folder) = @_;
    my $services = join '', map { icinga_service(@$_) } @SERVICES;
    return <<"END";
include <itl>
const PluginDir = "$plugins"
const NodeName = "test"
include "$SOURCE/contrib/icinga2/check_scp.conf"
object CheckerComponent "checker" { }
object PerfdataWriter "results" {
  service_perfdata_path = "$folder/results"
  service_temp_path = "$folder/temp"
  host_perfdata_path = "$folder/hosts"
  host_temp_path = "$folder/hosts.temp"
  rotation_interval = 1s
  service_format_template = "RESULT\\t\$service.name\$\\t\$service.state_id\$\\t\$service.output\$\\t\$service.perfdata\$\\tEND"
}
object Host "scp01" { check_command = "dummy" }
$services
END
}

sub icinga_results
{
    my ($folder) = @_;
    my %seen;
    for my $file (sort glob "$folder/results.*") {
        my $text = slurp($file);
        while ($text =~ /^RESULT\t([^\t]*)\t(\d)\t([^\t]*)\t([^\t]*)\tEND$/msg) {
            $seen{$1} = { state => $2, text => $3, perfdata => $4 };
        }
    }
    return keys %seen == @SERVICES ? \%seen : undef;
}

SKIP: {
    my $icinga = which('icinga2') or skip 'icinga2 is not installed', 1;
    $> != 0 || getpwnam('nagios') or skip 'icinga2 has no user nagios here', 1;
    subtest('Icinga 2' => sub {
        my $folder = folder_of('icinga', 'nagios', qw(data log cache spool run));
        my @where = map { ('-D', $_) } "DataDir=$folder/data", "LogDir=$folder/log", "CacheDir=$folder/cache",
            "SpoolDir=$folder/spool", "InitRunDir=$folder/run",
            "PidPath=$folder/run/icinga2.pid", "ModAttrPath=$folder/data/modified-attributes.conf", "StatePath=$folder/data/icinga2.state",
            "ObjectsPath=$folder/cache/icinga2.debug", "VarsPath=$folder/cache/icinga2.vars";
        my $conf = save('icinga2.conf', icinga_configuration($folder));
        my @as = $> == 0 ? (which('setpriv'), as_user('nagios')) : ();
        # It gives up root's rights for those of its own user; without them it has to stay who it is.
        local @ENV{qw(ICINGA2_USER ICINGA2_GROUP)} = (scalar getpwuid($>), scalar getgrgid((split / /, $))[0])) if $> != 0;
        my ($code, $text) = output(@as, $icinga, 'daemon', '-C', '-c', $conf, @where);
        is($code, 0, 'takes the definitions') or diag($text) or return;
        unlike($text, qr/warning/i, 'without a warning');
        my $pid = start_daemon({ user => 'nagios' }, $icinga, 'daemon', '-c', $conf, @where);
        my $seen = until_true(60, sub { icinga_results($folder) });
        ok($seen, 'has a result of every service') or diag(slurp_if(scratch('icinga2.out')));
        ok(stop_daemon($pid), 'and ends');
        is_deeply({ map { $_ => $seen->{$_}{state} } keys %$seen }, \%WANTED, 'the states');
        like($seen->{'roots article'}{text}, qr/\ASCP ROOTS CRITICAL - Demo Global Root G2 missing and root auto-update is disabled/, 'the reason');
        like($seen->{'roots healthy'}{perfdata}, qr/\bmissing=0\b.* expiry=\d+s/, 'the performance data');
        like($seen->{'revocation healthy'}{text}, qr/\(via proxy 127\.0\.0\.1:1\)/, 'an option with a value');
        like($seen->{'revocation healthy'}{perfdata}, qr/endpoints_ok=0;;;0;8/, 'an option that is given twice');
    });
}

# --- Nagios ---

sub nagios_service
{
    my ($check, $what) = @_;
    my $arguments = $check eq 'revocation' ? "--proxy=$proxy" : $check eq 'status' ? $log{$what} : "$file{$what}!--max-age=1d";
    $arguments .= " --proxy=$proxy" if $check eq 'scp';
    $arguments .= " --profile=$profile" if $check ne 'status';
    my $command = $check eq 'scp' ? 'check_scp' : "check_scp_$check";
    return <<"END";
define service {
    host_name scp01
    service_description $check $what
    check_command $command!$arguments
    max_check_attempts 1
    check_interval 1
    retry_interval 1
    check_period always
    notification_period always
    contacts nobody
}
END
}

my $NAGIOS_OBJECTS = <<'END';
define timeperiod {
    timeperiod_name always
    alias always
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
    sunday 00:00-24:00
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
END

# From the Remote Registry service of 127.0.0.1, with a file that is not there.
sub nagios_remote
{
    my ($name) = @_;
    my $options = $name eq 'check_scp_remote' ? '--skip=revocation' : '--perfdata=none';
    return nagios_service('roots', 'none') =~ s{check_command.*}{check_command $name!/nonexistent!$options}r =~ s/roots none/$name/r;
}

sub nagios_configuration
{
    my ($folder) = @_;
    my $objects = save('objects.cfg', $NAGIOS_OBJECTS . join('', map { nagios_service(@$_) } @SERVICES) . join '',
        map { nagios_remote($_) } qw(check_scp_roots_remote check_scp_remote));
    my $resource = save('resource.cfg', "\$USER1\$=$plugins\n");
    my @files = map { "$_=$folder/$_" } qw(log_file object_cache_file precached_object_file status_file state_retention_file temp_file command_file lock_file query_socket);
    return save('nagios.cfg', join '', map { "$_\n" } "cfg_file=$objects", "cfg_file=$SOURCE/contrib/nagios/check_scp.cfg",
        "resource_file=$resource", @files,
        "check_result_path=$folder/results", "temp_path=$folder", "log_archive_path=$folder", 'nagios_user=' . ($> == 0 ? 'nagios' : scalar getpwuid $>),
        'nagios_group=' . ($> == 0 ? 'nagios' : scalar getgrgid((split / /, $))[0])), 'status_update_interval=1', 'check_workers=1', 'service_inter_check_delay_method=n', 'max_service_check_spread=1',
        'host_inter_check_delay_method=n', q(illegal_macro_output_chars=`~$&|'"<>), 'execute_service_checks=1', 'check_for_updates=0');
}

sub nagios_results
{
    my ($folder, $count) = @_;
    my %seen;
    for my $block (slurp_if("$folder/status_file") =~ /^servicestatus \{\n(.*?)^\s*\}/msg) {
        my %value = $block =~ /^\s*(\w+)=(.*)$/mg;
        $seen{ $value{service_description} } = { state => $value{current_state}, text => $value{plugin_output},
            perfdata => $value{performance_data} } if $value{has_been_checked};
    }
    return keys %seen == $count ? \%seen : undef;
}

SKIP: {
    my $nagios = which('nagios4') or skip 'nagios4 is not installed', 1;
    subtest('Nagios' => sub {
        my $folder = folder_of('nagios', 'nagios', 'results');
        my $cfg = nagios_configuration($folder);
        my ($code, $text) = output($nagios, '-v', $cfg);
        is($code, 0, 'takes the definitions') or diag($text) or return;
        like($text, qr/Total Warnings:\s*0\b/, 'without a warning') or diag($text);
        my $pid = start_daemon({ user => 'nagios' }, $nagios, $cfg);
        my $seen = until_true(60, sub { nagios_results($folder, @SERVICES + 2) });
        ok($seen, 'has a result of every service') or diag(slurp_if(scratch('nagios4.out')), slurp_if("$folder/log_file"));
        ok(stop_daemon($pid), 'and ends');
        is_deeply({ map { $_ => $seen->{$_}{state} } keys %$seen }, { %WANTED, check_scp_roots_remote => 3, check_scp_remote => 3 },
            'the states');
        like($seen->{'roots article'}{text}, qr/\ASCP ROOTS CRITICAL - Demo Global Root G2 missing and root auto-update is disabled/, 'the reason');
        like($seen->{'roots healthy'}{perfdata}, qr/\bmissing=0;.* expiry=\d+s/, 'the performance data');
        like($seen->{check_scp_roots_remote}{text}, qr/\ASCP ROOTS UNKNOWN - .*No such file/, 'a login that is not there');
    });
}

# --- The agent of Zabbix ---

SKIP: {
    my $agent = which('zabbix_agentd') or skip 'zabbix_agentd is not installed', 1;
    subtest("Zabbix's agent" => sub {
        my $script = save('scp_document', slurp("$SOURCE/contrib/zabbix/scp_document") =~ s{^plugins=.*}{plugins=$plugins}mr);
        chmod 0755, $script;
        my $parameters = slurp("$SOURCE/contrib/zabbix/userparameter_check_scp.conf") =~ s{/usr/lib/zabbix/externalscripts/scp_document}{$script}gr;
        my $conf = save('agent.conf', 'LogFile=' . scratch('agent.log') . "\nServer=127.0.0.1\nHostname=test\nPidFile="
            . scratch('agent.pid') . "\nTimeout=15\n$parameters");
        for my $case (
            ["scp.roots[$file{healthy},$profile]", check_scp_roots => 0], ["scp.roots[\"$file{article},$file{article}\",$profile]", check_scp_roots => 2],
            ["scp.roots[$file{none},$profile]", check_scp_roots => 3], ["scp.roots[$file{healthy},nosuch]", check_scp_roots => 3],
            ["scp.roots[smb://127.0.0.1:1,$profile,$file{none}]", check_scp_roots => 3, qr/none\.reg: No such file/],
            ["scp.autoupdate[$file{healthy},enabled,$profile]", check_scp_autoupdate => 0], ["scp.autoupdate[$file{article},enabled,$profile]", check_scp_autoupdate => 2],
            ["scp.intermediates[$file{healthy},$profile]", check_scp_intermediates => 0], ["scp.intermediates[$file{article},$profile]", check_scp_intermediates => 2],
            ["scp.status[,$log{healthy},]", check_scp_status => 0], ["scp.status[$file{healthy},$log{article},]", check_scp_status => 1], ['scp.status[,,]', check_scp_status => 3],
            ["scp.revocation[$profile,$proxy,10]", check_scp_revocation => 2], ["scp.diagnosis[$file{article},$profile,$proxy,$log{article},10]", check_scp => 2],
        ) {
            my ($key, $plugin, $code, $summary) = @$case;
            my (undef, $text) = output($agent, '-c', $conf, '-t', "'$key'");
            my ($document) = $text =~ /\[t\|(.*)\]\s*\z/s;
            my $j = eval { JSON::PP->new->utf8->decode($document // '') } // {};
            is(($j->{plugin} // 'no document') . ' ' . ($j->{exit_code} // ''), "$plugin $code", $key =~ s{[^\[,"]*/}{}gr)
                or diag($text);
        }
    });
}

done_testing();
