#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The definitions in contrib/ in the monitoring cores themselves: each check OK, WARNING, CRITICAL and UNKNOWN, one that gives up
# waiting itself, and one that the core ends; read back from Icinga 2's API, from Nagios' status.dat, and from NRPE. Skipped by name where
# a core is absent. Naemon, whose files are Nagios', is not in Debian: nagios4 -v stands for it. Zabbix's server is in zabbix.t.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use Daemons;
use DemoWorld;
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Scp;
use Servers qw(closed_port free_port start_program tls_authority tls_certificate wait_for_port);
use Test::More;

my $plugins = plugin_path('') =~ s{/\z}{}r;
-x plugin_path('check_scp') or plan skip_all => 'check_scp is not built';
# Processes of other users look into the scratch folder.
chmod 0755, scratch();

my $world = world();

# The root is missing and so is an intermediate; Windows may fetch both, and the last synchronisation was long ago.
sub wanting
{
    my $r = scp_registry($world, root => 0);
    $r->{ AUTO_UPDATE() }{LastSyncTime} = reg_time(time - 20 * $DAY);
    delete $r->{ SYSTEM_CERTIFICATES . '\CA\Certificates\\' . fingerprint($world->{cross}{der}) };
    return $r;
}

my %registry = (ok => scp_registry($world), warning => wanting(), critical => scp_registry($world, update => 'off', root => 0));
my %file = map { $_ => save("$_.reg", windows_export($registry{$_}), time) } sort keys %registry;
my %log = (ok => save('healthy.log', log_text(0), time), warning => save('failing.log', log_text(1), time),
    critical => save('worse.log', log_text(1) x 2, time));
($file{unknown}, $log{unknown}) = (scratch('none.reg'), scratch('none.log'));
my %STATE = (ok => 0, warning => 1, critical => 2, unknown => 3);
my @WORLDS = sort keys %STATE;
my @CHECKS = qw(autoupdate diagnosis intermediates roots status);
my $profile = save('demo.ini', profile($world));

# A proxy that takes connections and never answers. The hosts are asked through it, so that no network is needed.
my $listening = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 64) or die "listen: $!";
my $silent = 'http://127.0.0.1:' . $listening->sockport;
start_program(sub { my @open; push @open, $listening->accept while 1 });
# Longer than any core waits here; and soon, by the plugin's own limit.
my @PATIENT = ('--timeout=60', '--response-time=50,55');
my $SOON = '0.2,0.5';
my %WANTED = ((map { my $world = $_; map { ("$world $_" => $STATE{$world}) } @CHECKS } @WORLDS), 'slow limit' => 2);

sub output { my $text = `@_ 2>&1`; return ($? >> 8, $text) }
sub slurp_if { my ($path) = @_; return -e $path ? slurp($path) : '' }

# The examples of a definition's first lines, as they stand there.
sub example { my ($path) = @_; return join '', slurp("$SOURCE/contrib/$path") =~ /^(?: \*|#)   (.*\n)/mg }

# What every core has to show, by "HOST CHECK": its states, the reasons and the numbers.
sub shows
{
    my ($seen, @more) = @_;
    is_deeply({ map { $_ => $seen->{$_}{state} } keys %$seen }, { %WANTED, @more }, 'the states');
    like($seen->{'critical roots'}{text}, qr/\ASCP ROOTS CRITICAL - Demo Global Root G2 missing and root auto-update is disabled/, 'the reason');
    like($seen->{'critical diagnosis'}{text}, qr/\ASCP CRITICAL - causes: /, 'the cause');
    like($seen->{'ok roots'}{perfdata}, qr/\bmissing=0;.* expiry=\d+s/, 'the performance data');
    like($seen->{'unknown roots'}{text}, qr/\ASCP ROOTS UNKNOWN - .*none\.reg: No such file/, 'what cannot be read');
    like($seen->{'slow limit'}{text}, qr/ \(via proxy 127\.0\.0\.1:\d+\) - .*no answer in time/, 'an answer within the limit of the plugin');
    return;
}

# A folder that the core's own user may write.
sub folder_of
{
    my ($name, $user, @inside) = @_;
    my $folder = scratch($name);
    mkdir $_ for $folder, map { "$folder/$_" } @inside;
    chown((getpwnam $user)[2, 3], $folder, map { "$folder/$_" } @inside) if $> == 0;
    return $folder;
}

# --- Icinga 2 ---

# Each host with what it gives to all of its checks, and a dictionary of these; "late" has less time than it needs.
sub icinga_hosts
{
    my $checks = join '; ', map { "$_ = { }" } grep { $_ ne 'diagnosis' } @CHECKS;
    my $hosts = join '', map { <<"END" } @WORLDS;
object Host "$_" {
  check_command = "dummy"
  vars.scp_registry = [ "$file{$_}", "$file{$_}" ]
  vars.scp_log = [ "$log{$_}" ]
  vars.scp_profile = "$profile"
  vars.scp = { $checks; diagnosis = { scp_skip = [ "revocation" ] } }
}
END
    return $hosts . <<"END";
object Host "slow" {
  check_command = "dummy"
  vars.scp_profile = "$profile"
  vars.scp_proxy = "$silent"
  vars.scp["revocation"] = { scp_response_time = "$SOON" }
}
object Service "late" {
  import "scp-revocation"
  host_name = "slow"
  vars.scp_timeout = 60
  vars.scp_response_time = "50,55"
  check_timeout = 2
}
END
}

sub icinga_configuration
{
    my ($port) = @_;
    return <<"END";
include <itl>
const PluginDir = "$plugins"
const NodeName = "test"
template Host "generic-host" { check_command = "dummy" }
include "$SOURCE/contrib/icinga2/check_scp.conf"
object CheckerComponent "checker" { }
object Endpoint NodeName { }
object Zone "master" { endpoints = [ NodeName ] }
object ApiListener "api" {
  bind_host = "127.0.0.1"
  bind_port = $port
}
object ApiUser "reader" {
  password = "secret"
  permissions = [ "objects/query/Service", "actions/reschedule-check" ]
}
END
}

# What the API listens with, which needs a name and an authority.
sub icinga_certificates
{
    my ($folder) = @_;
    my $ca = tls_authority('icinga-ca', 'Icinga CA');
    my $own = tls_certificate($ca, 'test', names => 'DNS:test');
    write_bytes("$folder/ca.crt", slurp($ca->{pem}));
    write_bytes("$folder/test.crt", slurp($own->{pem}));
    write_bytes("$folder/test.key", slurp($own->{key}));
    chown((getpwnam 'nagios')[2, 3], glob "$folder/*") if $> == 0;
    return;
}

# A call of the API: its results, or undef.
sub icinga_api
{
    my ($port, $method, $path, $body) = @_;
    my $answer = HTTP::Tiny->new(verify_SSL => 0, timeout => 30, proxy => undef, https_proxy => undef, http_proxy => undef)->request($method, "https://127.0.0.1:$port/v1/$path",
        { headers => { Accept => 'application/json', Authorization => 'Basic ' . encode_base64('reader:secret', '') }, content => $body ? JSON::PP->new->encode($body) : '' });
    return $answer->{success} ? JSON::PP->new->utf8->decode($answer->{content})->{results} : undef;
}

# "HOST CHECK" => { state, hard, reachable, text, perfdata } of the services that match and have an answer
sub icinga_services
{
    my ($port) = @_;
    my %seen;
    for my $service (map { $_->{attrs} } @{ icinga_api($port, GET => 'objects/services') // [] }) {
        my $result = $service->{last_check_result} or next;
        my $name = "$service->{host_name} $service->{name}" =~ s/ scp-/ /r =~ s/\Aslow revocation\z/slow limit/r;
        $seen{$name} = { state => int $service->{state}, hard => $service->{state_type} == 1, reachable => !!$service->{last_reachable},
            text => $result->{output}, perfdata => join ' ', map { ref ? () : $_ } @{ $result->{performance_data} } };
    }
    return \%seen;
}

sub check_now { my ($port, $filter) = @_; return icinga_api($port, POST => 'actions/reschedule-check', { type => 'Service', force => JSON::PP::true, filter => $filter }) }

sub follow_icinga
{
    my ($port) = @_;
    my $seen = {};
    ok(until_true(60, sub { check_now($port, 'true') }), 'its API answers') or return;
    ok(until_true(60, sub { $seen = icinga_services($port); return keys %$seen == 1 + keys %WANTED }, 0.5), 'has a result of every service');
    shows($seen, 'slow late' => 3);
    like($seen->{'slow late'}{text}, qr/Timeout exceeded/, 'what takes too long is ended');
    # Once a cause is a hard state, its symptoms are of no interest: seen with the next answer of each.
    ok(until_true(60, sub { $seen = icinga_services($port); return $seen->{'critical roots'}{hard} || !check_now($port, 'service.state_type == 0 && host.name == "critical"') }, 0.5),
        'a state is told after the second answer');
    my $muted = sub { $seen = icinga_services($port); return join ' ', map { /\Acritical (\w+)/ && !$seen->{$_}{reachable} ? $1 : () } sort keys %$seen };
    my $parts = 'autoupdate intermediates roots status';
    until_true(60, sub { $muted->() eq $parts || !check_now($port, 'host.name == "critical"') }, 0.5);
    is($muted->(), $parts, 'the parts are muted by the diagnosis that alarms');
    is_deeply([grep { !/\Acritical/ && !$seen->{$_}{reachable} } sort keys %$seen], [], 'and no other');
    return;
}

SKIP: {
    my $icinga = which('icinga2') or skip 'icinga2 is not installed', 1;
    $> != 0 || getpwnam('nagios') or skip 'icinga2 has no user nagios here', 1;
    HTTP::Tiny->can_ssl or skip 'IO::Socket::SSL is not installed', 1;
    subtest('Icinga 2' => sub {
        my $folder = folder_of('icinga', 'nagios', qw(data data/certs log cache spool run));
        icinga_certificates("$folder/data/certs");
        my @where = map { ('-D', $_) } "DataDir=$folder/data", "LogDir=$folder/log", "CacheDir=$folder/cache",
            "SpoolDir=$folder/spool", "InitRunDir=$folder/run",
            "PidPath=$folder/run/icinga2.pid", "ModAttrPath=$folder/data/modified-attributes.conf", "StatePath=$folder/data/icinga2.state",
            "ObjectsPath=$folder/cache/icinga2.debug", "VarsPath=$folder/cache/icinga2.vars";
        my $port = free_port();
        my $conf = save('icinga2.conf', icinga_configuration($port) . icinga_hosts());
        my $with_example = save('example.conf', slurp($conf) . example('icinga2/check_scp.conf'));
        my @as = $> == 0 ? (which('setpriv'), as_user('nagios')) : ();
        # It gives up root's rights for those of its own user; without them it has to stay who it is.
        local @ENV{qw(ICINGA2_USER ICINGA2_GROUP)} = (scalar getpwuid($>), scalar getgrgid((split / /, $))[0])) if $> != 0;
        my ($code, $text) = output(@as, $icinga, 'daemon', '-C', '-c', $with_example, @where);
        is($code, 0, 'takes the definitions and their examples') or diag($text) or return;
        unlike($text, qr/warning/i, 'without a warning');
        my $services = @WORLDS * @CHECKS + 2 + 6;
        like($text, qr/Instantiated $services Services\./, 'the examples are six services');
        my $pid = start_daemon({ user => 'nagios' }, $icinga, 'daemon', '-c', $conf, @where);
        follow_icinga($port);
        ok(stop_daemon($pid), 'and ends') or diag(slurp_if(scratch('icinga2.out')));
    });
}

# --- Nagios ---

# A service by its template; where "generic-service" says how it is watched.
sub nagios_service
{
    my ($host, $check, $options, $more) = @_;
    return <<"END" . ($more // '') . "}\n";
define service {
    use scp-$check
    host_name $host
    _SCP_OPTIONS $options
END
}

sub nagios_services
{
    my @services;
    for my $world (@WORLDS) {
        push @services, "define host {\n    use generic-host\n    host_name $world\n    _SCP_REGISTRY $file{$world}\n    _SCP_OPTIONS --profile=$profile\n}\n";
        my %option = (diagnosis => "--skip=revocation --log=$log{$world}", status => "--log=$log{$world}");
        push @services, map { nagios_service($world, $_, $option{$_} // '--max-age=1d') } @CHECKS;
    }
    my $network = "--profile=$profile --proxy=$silent";
    return join '', @services, "define host {\n    use generic-host\n    host_name slow\n}\n",
        nagios_service('slow', 'revocation', "$network --response-time=$SOON", "    service_description SCP limit\n"), nagios_service('slow', 'revocation', "$network @PATIENT", "    service_description SCP late\n");
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
    name generic-host
    address 127.0.0.1
    check_command nop
    max_check_attempts 1
    check_period always
    contacts nobody
    notification_period always
    register 0
}
define service {
    name generic-service
    check_period always
    notification_period always
    contacts nobody
    register 0
}
define host {
    use generic-host
    host_name poller01
}
END

sub nagios_configuration
{
    my ($name, $folder, $services) = @_;
    my $objects = save("$name-objects.cfg", $NAGIOS_OBJECTS . $services);
    my $resource = save('resource.cfg', "\$USER1\$=$plugins\n");
    my @files = map { "$_=$folder/$_" } qw(log_file object_cache_file precached_object_file status_file state_retention_file temp_file command_file lock_file query_socket);
    return save("$name.cfg", join '', map { "$_\n" } "cfg_file=$objects", "cfg_file=$SOURCE/contrib/nagios/check_scp.cfg",
        "resource_file=$resource", @files,
        "check_result_path=$folder/results", "temp_path=$folder", "log_archive_path=$folder", 'nagios_user=' . ($> == 0 ? 'nagios' : scalar getpwuid $>),
        'nagios_group=' . ($> == 0 ? 'nagios' : scalar getgrgid((split / /, $))[0])), 'status_update_interval=1', 'check_workers=1', 'service_inter_check_delay_method=n', 'max_service_check_spread=1',
        'host_inter_check_delay_method=n', 'service_check_timeout=10', q(illegal_macro_output_chars=`~$&|'"<>), 'execute_service_checks=1', 'check_for_updates=0');
}

sub nagios_results
{
    my ($folder) = @_;
    my %seen;
    for my $block (slurp_if("$folder/status_file") =~ /^servicestatus \{\n(.*?)^\s*\}/msg) {
        my %value = $block =~ /^\s*(\w+)=(.*)$/mg;
        my $name = "$value{host_name} $value{service_description}" =~ s/ SCP / /r;
        $seen{$name} = { state => $value{current_state}, text => $value{plugin_output}, perfdata => $value{performance_data} } if $value{has_been_checked};
    }
    return keys %seen == 1 + keys %WANTED ? \%seen : undef;
}

SKIP: {
    my $nagios = which('nagios4') or skip 'nagios4 is not installed', 1;
    subtest('Nagios' => sub {
        my $folder = folder_of('nagios', 'nagios', 'results');
        my $cfg = nagios_configuration('nagios', $folder, nagios_services());
        my ($code, $text) = output($nagios, '-v', nagios_configuration('example', $folder, nagios_services() . example('nagios/check_scp.cfg')));
        is($code, 0, 'takes the definitions and their examples') or diag($text) or return;
        like($text, qr/Total Warnings:\s*0\b/, 'without a warning') or diag($text);
        my $services = @WORLDS * @CHECKS + 2 + 4;
        like($text, qr/Checked $services services\..*Checked 1 service dependencies/s, 'the examples are four services and a dependency') or diag($text);
        my $pid = start_daemon({ user => 'nagios' }, $nagios, $cfg);
        my $seen = until_true(60, sub { nagios_results($folder) }, 0.5);
        ok($seen, 'has a result of every service') or diag(slurp_if(scratch('nagios4.out')), slurp_if("$folder/log_file"));
        ok(stop_daemon($pid), 'and ends');
        shows($seen, 'slow late' => 2);
        like($seen->{'slow late'}{text}, qr/timed out/i, 'what takes too long is ended');
    });
}

# --- NRPE ---

SKIP: {
    my $nrpe = which('nrpe') or skip 'nrpe is not installed', 1;
    my ($asks) = grep { -x } '/usr/lib/nagios/plugins/check_nrpe', '/usr/lib64/nagios/plugins/check_nrpe' or skip 'check_nrpe is not installed', 1;
    subtest('NRPE' => sub {
        my $definitions = slurp("$SOURCE/contrib/nagios/nrpe_check_scp.cfg") =~ s{/usr/lib/nagios/plugins}{$plugins}gr =~ s{http://proxy\.\S+}{$silent --profile=$profile --response-time=$SOON}r;
        my ($diagnosis) = $definitions =~ /^(command\[check_scp_scp01\].*)/m;
        my $commands = join "\n", $definitions =~ s/^\Q$diagnosis\E\n//mr,
            map { $diagnosis =~ s{scp01\]}{$_]}r =~ s{/var/lib/scp/scp01}{$file{$_} --log=$log{$_} --profile=$profile}r } @WORLDS;
        $commands .= "\n" . (split /\n/, $commands =~ s/.*^(?=command\[check_scp_revocation)//msr)[0] =~ s/revocation\]/patient]/r =~ s/--response-time=\S+/@PATIENT/r;
        my $port = free_port();
        my $folder = folder_of('nrpe', 'nagios');
        my ($user, $group) = $> == 0 ? qw(nagios nagios) : (scalar getpwuid($>), scalar getgrgid((split / /, $))[0]));
        my $cfg = save('nrpe.cfg', join "\n", 'server_address=127.0.0.1', "server_port=$port", 'allowed_hosts=127.0.0.1', "nrpe_user=$user", "nrpe_group=$group", "pid_file=$folder/pid", 'command_timeout=60', $commands);
        my $pid = start_daemon({ user => 'nagios' }, $nrpe, '-n', '-c', $cfg, '-f');
        ok(wait_for_port($port), 'listens') or diag(slurp_if(scratch('nrpe.out'))) or return;
        my @ask = ($asks, '-n', '-H', '127.0.0.1', '-p', $port, '-t', 30, '-c');
        for my $world (@WORLDS) {
            my ($code, $text) = output(@ask, "check_scp_$world");
            is($code, $STATE{$world}, "the diagnosis, $world") or diag($text);
            like($text, qr/\ASCP \U$world\E - .*\| causes=/, '... as a plugin of this host would say it') if $world ne 'unknown';
        }
        my ($code, $text) = output(@ask, 'check_scp_revocation');
        is($code, 2, 'the hosts, within the limit of the plugin');
        like($text, qr/via proxy .* - .*no answer in time/, '... with its reason');
        ($code, $text) = output($asks, '-n', '-H', '127.0.0.1', '-p', $port, '-u', '-t', 1, '-c', 'check_scp_patient');
        is($code, 3, 'one who does not wait so long');
        like($text, qr/timeout|timed out/i, '... is told that');
        stop_daemon($pid);
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
            [check_scp_roots => 0, "--registry=$file{ok}"], [check_scp_roots => 2, "--registry=$file{critical},$file{critical} --severity= "], [check_scp_roots => 3, "--registry=$file{unknown}"],
            [check_scp_roots => 0, "--registry=$file{critical} --severity=roots.missing=ok,update/x=ok"], [check_scp_roots => 3, "--registry=smb://127.0.0.1:1 --authentication-file=$file{unknown}"],
            [check_scp_autoupdate => 0, "--registry=$file{ok} --expect=enabled"], [check_scp_autoupdate => 1, "--registry=$file{warning}"], [check_scp_intermediates => 0, "--registry=$file{ok}"],
            [check_scp_intermediates => 2, "--registry=$file{critical}"], [check_scp_status => 0, "--registry= --log=$log{ok}"], [check_scp_status => 1, "--registry=$file{ok} --log=$log{warning}"],
            [check_scp_revocation => 2, '--verbose --proxy=http://127.0.0.1:1'], [check_scp => 2, "--verbose --registry=$file{critical} --skip=revocation,status --log=$log{warning}"],
        ) {
            my ($plugin, $code, $options) = @$case;
            my (undef, $text) = output($agent, '-c', $conf, '-t', qq('scp_document[$plugin,"$options --profile=$profile"]'));
            my ($document) = $text =~ /\[t\|(.*)\]\s*\z/s;
            my $j = eval { JSON::PP->new->utf8->decode($document // '') } // {};
            is(($j->{plugin} // 'no document') . ' ' . ($j->{exit_code} // ''), "$plugin $code", "$plugin " . $options =~ s{/\S*/}{}gr)
                or diag($text);
        }
    });
}

done_testing();
