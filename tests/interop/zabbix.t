#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The templates of contrib/zabbix in Zabbix itself, 6.0 or 7.0: server, PostgreSQL and front end, imported through the API, by agent and
# as external checks, for service connection points in every state. About four minutes, and 120 MB of packages:
#   zabbix-server-pgsql zabbix-frontend-php zabbix-agent postgresql php-cli php-pgsql php-bcmath php-mbstring php-xml php-gd
# All runs in the scratch folder; the database listens on a socket there, server and agents in a network of their own.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use Daemons;
use DemoWorld;
use File::Path qw(make_path);
use HTTP::Tiny;
use JSON::PP ();
use Pki;
use Scp;
use Servers qw(free_port wait_for_port namespaces);
use Test::More;

my $SHARE = '/usr/share/zabbix';
my $SCHEMA = '/usr/share/zabbix-server-pgsql';
my ($POSTGRES) = map { s{/postgres\z}{}r } reverse sort grep { -x } glob '/usr/lib/postgresql/*/bin/postgres';
my ($SERVER, $AGENT, $PHP, $SETPRIV, $UNSHARE) = map { which($_) } qw(zabbix_server zabbix_agentd php setpriv unshare);

$ENV{SCP_INTEROP} || $ENV{SCP_ZABBIX} or plan skip_all => 'slow and 120 MB: runs when SCP_ZABBIX=1 or SCP_INTEROP=1 is set';
-x plugin_path('check_scp') or plan skip_all => 'check_scp is not built';
$SERVER or plan skip_all => 'zabbix_server is not installed';
$AGENT or plan skip_all => 'zabbix_agentd is not installed';
-e "$SCHEMA/schema.sql.gz" or plan skip_all => 'zabbix-server-pgsql is not installed';
-e "$SHARE/api_jsonrpc.php" or plan skip_all => 'zabbix-frontend-php is not installed';
$POSTGRES or plan skip_all => 'postgresql is not installed';
$PHP && `$PHP -m` =~ /^pgsql$/m or plan skip_all => 'php-cli with php-pgsql is not installed';
$SETPRIV && $UNSHARE && namespaces() or plan skip_all => 'no namespaces of its own here';

my $ROOT = $> == 0;
chmod 0755, scratch();

sub folder_of
{
    my ($name, $user) = @_;
    my $folder = scratch($name);
    mkdir $folder;
    chown((getpwnam $user)[2, 3], $folder) if $ROOT;
    return $folder;
}

sub quietly
{
    my (@command) = @_;
    my $text = `@command 2>&1`;
    return $? == 0 || BAIL_OUT("@command: $text");
}

# --- Service connection points ---

my $world = world();

# The root is missing and so is an intermediate, Windows may fetch both, and the last synchronisation was long ago.
sub wanting
{
    my $r = scp_registry($world, root => 0);
    $r->{ AUTO_UPDATE() }{LastSyncTime} = reg_time(time - 20 * $DAY);
    delete $r->{ SYSTEM_CERTIFICATES . '\CA\Certificates\\' . fingerprint($world->{cross}{der}) };
    return $r;
}

# healthy.reg is given in two parts, as reg export writes them.
sub parts
{
    my ($registry) = @_;
    my %first = map { $_ => $registry->{$_} } grep { /\\SystemCertificates/ && !/Policies/ } keys %$registry;
    my %second = map { $_ => $registry->{$_} } grep { !$first{$_} } keys %$registry;
    return join ',', map { save("part$_.reg", windows_export((\%first, \%second)[$_]), time) } 0, 1;
}

my $profile = save('demo.ini', profile($world));
my $recommended_is_gone = save('gone.ini', profile($world) =~ s{http://crl4\.digicert\.com}{http://nowhere.invalid}r);

# The article's failure, and another root that is there but has expired: what is left of it is less than nothing.
my $old = { cn => 'Old Root', der => certificate(cn => 'Old Root', serial => 7, not_before => time - 900 * $DAY, not_after => time - 5 * $DAY) };
sub failing
{
    my $r = scp_registry($world, update => 'off', root => 0);
    put_certificate($r, SYSTEM_CERTIFICATES . '\ROOT', $old->{der}, usual_properties($old->{der}, $old->{cn}));
    return $r;
}
my $with_old_root = save('old.ini', profile($world) . DemoWorld::certificate_section('root', 'old-root', $old, level => 'required', file => 'OldRoot.crt'));
my $messages = save('messages.csv', "MessageID,Time\r\n500,2026-11-25T20:00:00Z\r\n", time);
my %MACROS = (
    healthy => { REGISTRY => parts(scp_registry($world)), LOG => save('healthy.log', log_text(0), time), MESSAGES => $messages, PROFILE => $profile },
    warning => { REGISTRY => save('wanting.reg', windows_export(wanting()), time), LOG => save('failing.log', log_text(1), time), PROFILE => $recommended_is_gone },
    critical => { REGISTRY => save('failing.reg', windows_export(failing()), time), LOG => save('worse.log', log_text(1) x 2, time),
                  PROFILE => $with_old_root, PROXY => 'http://127.0.0.1:1' },
    unknown => { REGISTRY => scratch('none.reg'), LOG => scratch('none.log'), PROFILE => scratch('none.ini') },
);
# How fast this machine is matters to nobody.
@$_{qw(SEVERITY OPTIONS:revocation TIMEOUT)} = ('revocation.slow=ok,revocation.none=ok', '--response-time=15,18', 20) for values %MACROS;
$MACROS{unknown}{'OPTIONS:roots'} = '--bogus';
my %STATE = (healthy => 0, warning => 1, critical => 2, unknown => 3);

# What the hosts serve, for pretend-internet.
sub internet
{
    my $folder = scratch('internet');
    my %site = site($world);
    for my $file (sort keys %site) {
        make_path("$folder/www/" . $file =~ s{/[^/]*\z}{}r);
        write_bytes("$folder/www/$file", $site{$file});
    }
    my %responder = responders($world);
    for my $host (sort keys %responder) {
        my ($ca, $asked) = @{ $responder{$host} }{qw(ca asked)};
        my $delegate = certificate_of($ca, "$ca->{cn} OCSP", ext => "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
        my $index = ocsp_index([$asked->{serial}, 'V']);
        my %file = ('ca.pem' => $ca->{pem}, 'signer.pem' => $delegate->{pem}, 'signer.key' => slurp($delegate->{key}), 'index.txt' => slurp($index), 'index.txt.attr' => slurp("$index.attr"));
        make_path("$folder/ocsp/$host");
        write_bytes("$folder/ocsp/$host/$_", $file{$_}) for sort keys %file;
    }
    return $folder;
}

# --- Database ---

sub start_database
{
    my $folder = folder_of('postgres', 'postgres');
    my @as = $ROOT ? ($SETPRIV, as_user('postgres')) : ();
    quietly(@as, "$POSTGRES/initdb", '-D', "$folder/data", '-U', 'zabbix', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
    start_daemon({ user => 'postgres', signal => 'INT' }, "$POSTGRES/postgres", '-D', "$folder/data", map { ('-c', $_) } "listen_addresses=", "unix_socket_directories=$folder",
        'fsync=off', 'full_page_writes=off', 'synchronous_commit=off');
    until_true(30, sub { system("$POSTGRES/pg_isready -q -h $folder") == 0 }) or BAIL_OUT('PostgreSQL did not start: ' . slurp(scratch('postgres.out')));
    quietly("$POSTGRES/createdb", '-h', $folder, '-U', 'zabbix', 'zabbix');
    quietly("zcat $SCHEMA/$_.sql.gz | $POSTGRES/psql -q -v ON_ERROR_STOP=1 -h $folder -U zabbix zabbix") for qw(schema images data);
    return $folder;
}

# --- Front end ---

sub start_front_end
{
    my ($database) = @_;
    my $folder = scratch('frontend');
    quietly("mkdir $folder && cp -a $SHARE/. $folder/");
    my $constant = "$folder/include/classes/core/CConfigFile.php";
    write_bytes($constant, slurp($constant) =~ s{(const CONFIG_FILE_PATH = )'[^']*'}{$1'$folder/zabbix.conf.php'}r);
    write_bytes("$folder/zabbix.conf.php", <<"END");
<?php
\$DB['TYPE'] = 'POSTGRESQL';
\$DB['SERVER'] = '$database';
\$DB['PORT'] = '5432';
\$DB['DATABASE'] = 'zabbix';
\$DB['USER'] = 'zabbix';
\$DB['PASSWORD'] = '';
\$DB['SCHEMA'] = '';
\$DB['ENCRYPTION'] = false;
\$DB['DOUBLE_IEEE754'] = true;
\$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
END
    my $port = free_port();
    start_daemon({ directory => $folder }, $PHP, '-d', 'memory_limit=512M', '-d', 'post_max_size=16M', '-d', 'max_execution_time=300', '-S', "127.0.0.1:$port", '-t', $folder);
    wait_for_port($port) or BAIL_OUT('the front end did not start: ' . slurp(scratch('php.out')));
    return "http://127.0.0.1:$port/api_jsonrpc.php";
}

my ($url, $session);
my $http = HTTP::Tiny->new(timeout => 300, proxy => undef, http_proxy => undef);
my $json = JSON::PP->new->utf8->canonical;

# The result of a call, or undef with a diagnosis.
sub api
{
    my ($method, $parameters) = @_;
    my $answer = $http->post($url, { headers => { 'Content-Type' => 'application/json-rpc' },
        content => $json->encode({ jsonrpc => '2.0', method => $method, params => $parameters, id => 1, $session ? (auth => $session) : () }) });
    my $j = eval { $json->decode($answer->{content}) };
    return $j->{result} if $j && exists $j->{result};
    diag("$method: ", $j ? $json->encode($j->{error}) : "$answer->{status} $answer->{content}");
    return undef;
}

# --- Server and agents, with the internet that is pretended ---

my $TIMEOUT = 25;    # of the server
# Longer than that, where a proxy never answers.
my %SLOW = (PROXY => 'http://127.0.0.1:10053', TIMEOUT => 60, 'OPTIONS:revocation' => '--response-time=50,55');

sub script_of
{
    my ($folder, $plugins) = @_;
    mkdir $folder;
    write_bytes("$folder/scp_document", slurp("$SOURCE/contrib/zabbix/scp_document") =~ s{^plugins=.*}{plugins=$plugins}mr);
    chmod 0755, "$folder/scp_document";
    return $folder;
}

sub agent_configuration
{
    my ($name, $port, $scripts, $timeout) = @_;
    my $parameters = slurp("$SOURCE/contrib/zabbix/userparameter_check_scp.conf") =~ s{/usr/lib/zabbix/externalscripts}{$scripts}gr;
    my $folder = folder_of("agent-$name", 'zabbix');
    return save("agent-$name.conf", join "\n", "LogFile=$folder/log", "PidFile=$folder/pid", 'Server=127.0.0.1', 'Hostname=agent', 'ListenIP=127.0.0.1', "ListenPort=$port",
        "Timeout=$timeout", 'AllowRoot=' . ($ROOT ? 0 : 1), $parameters);
}

sub server_configuration
{
    my ($database, $port, $scripts) = @_;
    my $folder = folder_of('server', 'zabbix');
    return save('server.conf', join "\n", "LogFile=$folder/log", "PidFile=$folder/pid", "SocketDir=$folder", "DBHost=$database", 'DBName=zabbix', 'DBUser=zabbix', 'ListenIP=127.0.0.1',
        "ListenPort=$port", 'AllowUnsupportedDBVersions=1', "ExternalScripts=$scripts", "TmpDir=$folder", "Timeout=$TIMEOUT", 'CacheUpdateFrequency=1', 'StartPollers=8', 'StartPollersUnreachable=4', 'StartPingers=0',
        'StartDiscoverers=0', 'StartHTTPPollers=0', 'AllowRoot=' . ($ROOT ? 0 : 1), '');
}

my $TARPIT = 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 64) or die; my @open; push @open, $s->accept while 1';

# Killed at the end, together with all in its process namespace.
sub start_zabbix
{
    my ($database, %port) = @_;
    my $scripts = script_of(scratch('scripts'), plugin_path('') =~ s{/\z}{}r);
    my $broken = script_of(scratch('broken'), scratch('nowhere'));
    my $server = server_configuration($database, $port{server}, $scripts);
    my $agents = join ' ', map { "$AGENT -f -c $_ &" } agent_configuration('good', $port{agent}, $scripts, $TIMEOUT - 1),
        agent_configuration('broken', $port{broken}, $broken, $TIMEOUT - 1), agent_configuration('patient', $port{patient}, $scripts, $TIMEOUT + 5);
    my $inside = save('inside.sh', "$^X -MIO::Socket::INET -e '$TARPIT' $port{tarpit} &\n$agents\nexec $SERVER -f -c $server\n");
    start_daemon({ signal => 'KILL' }, $UNSHARE, ($ROOT ? () : '-r'), '-p', '--fork', '--kill-child', $^X, "$SOURCE/examples/pretend-internet", internet(), 'sh', $inside);
    until_true(60, sub { -e scratch('server/log') && slurp(scratch('server/log')) =~ /server #\d+ started/ }) or BAIL_OUT('the server did not start: ' . slurp(scratch('unshare.out')));
    return;
}

# --- Templates and hosts ---

my @CHECKS = qw(autoupdate diagnosis intermediates revocation roots status);
my @WAYS = qw(agent external);
my $version;    # of the API: 6.0.14

sub import_templates
{
    my ($way) = @_;
    my %both = (createMissing => JSON::PP::true, updateExisting => JSON::PP::true);
    my $groups = $version < 7 ? 'groups' : 'template_groups';
    return api('configuration.import', { format => 'yaml', source => scalar `$^X $SOURCE/contrib/zabbix/make-templates $way`,
        rules => { (map { $_ => \%both } qw(templates items triggers valueMaps discoveryRules)), $groups => { createMissing => JSON::PP::true } } });
}

my ($group, %template);

sub create_host
{
    my ($name, $way, $port, $macros) = @_;
    my $created = api('host.create', {
        host => $name, groups => [{ groupid => $group }], templates => [map { { templateid => $template{ "SCP $_" . ($way eq 'agent' ? '' : ' external') } } } @CHECKS],
        interfaces => [{ type => 1, main => 1, useip => 1, ip => '127.0.0.1', dns => '', port => "$port" }],
        macros => [map { { macro => "{\$SCP.$_}", value => "$macros->{$_}" } } sort keys %$macros],
    }) or BAIL_OUT("host $name was not taken");
    return $created->{hostids}[0];
}

sub items
{
    my ($host) = @_;
    return @{ api('item.get', { hostids => [$host], output => [qw(key_ type value_type lastvalue lastclock state error history)], selectPreprocessing => ['type', 'params'] }) // [] };
}

sub is_master { my ($item) = @_; return $item->{type} != 18 }
sub check_now { return api('task.create', [map { { type => 6, request => { itemid => $_->{itemid} } } } grep { is_master($_) } map { items($_) } @_]) }
sub answered { my ($host) = @_; return !grep { $_->{key_} =~ /\.state\z/ && !$_->{lastclock} } items($host) }

# "SCP roots: CRITICAL" => [severity, operational data]
sub problems
{
    my ($host) = @_;
    return { map { $_->{name} => [$_->{severity}, $_->{opdata}] } @{ api('problem.get', { hostids => [$host], output => [qw(name severity opdata)] }) // [] } };
}

# What a problem says beside its name: "SCP roots: CRITICAL" => { url, comments, tags }, with its macros resolved.
sub said
{
    my ($host) = @_;
    my $triggers = api('trigger.get', { hostids => [$host], output => [qw(description url comments)], expandDescription => JSON::PP::true, expandComment => JSON::PP::true, selectTags => 'extend', filter => { value => 1 } }) // [];
    return { map { $_->{description} => { url => $_->{url}, comments => $_->{comments}, tags => { map { $_->{tag} => $_->{value} } @{ $_->{tags} } } } } @$triggers };
}

# key => value of the dependent items; undef where there is none
sub values_of { my ($host) = @_; return { map { $_->{key_} => ($_->{lastclock} ? $_->{lastvalue} : undef) } grep { !is_master($_) } items($host) } }

# --- What is to be seen ---

my @WORD = qw(OK WARNING CRITICAL UNKNOWN);
my %SEVERITY = (WARNING => 2, CRITICAL => 4, UNKNOWN => 2);

# The problems of a host whose checks have these states: check => state; their data are the summaries.
my %CAUSE = (autoupdate => 'update of roots', roots => 'roots', intermediates => 'intermediates', revocation => 'hosts out of reach');
sub expected_problems
{
    my ($values, %state) = @_;
    my %problem = map { ("SCP $_: $WORD[$state{$_}]" => [$SEVERITY{ $WORD[$state{$_}] }, $values->{"scp.$_.summary"}]) } grep { $state{$_} } keys %state;
    # What follows from a cause is no problem of its own.
    my @causes = grep { $state{diagnosis} == 2 && $values->{"scp.diagnosis.$_"} eq 'present' } sort keys %CAUSE;
    $problem{"SCP diagnosis: Cause: $CAUSE{$_}"} = $problem{'SCP diagnosis: CRITICAL'} for @causes;
    delete $problem{'SCP diagnosis: CRITICAL'} if @causes;
    return \%problem;
}

# The states of all checks, the problems they raise, and nothing else.
sub sees
{
    my ($name, $host, %state) = @_;
    my $is = sub { my $v = values_of($host); return 0 == grep { ($v->{"scp.$_.state"} // '') ne $state{$_} } @CHECKS };
    # A machine that is busy is slow to answer in the first round, in which all hosts are asked at once.
    for my $try (1 .. 3) { last if $is->(); check_now($host); until_true(30, $is, 1) }
    my $values = values_of($host);
    is_deeply({ map { $_ => $values->{"scp.$_.state"} } @CHECKS }, \%state, "$name: states") or diag($json->pretty->encode($values));
    my $expected = expected_problems($values, %state);
    my $seen = until_true(20, sub { my $p = problems($host); return join('|', sort keys %$p) eq join('|', sort keys %$expected) ? $p : undef }, 1) // problems($host);
    is_deeply($seen, $expected, "$name: problems, each with its reason");
    return $values;
}

sub all_of { my ($state) = @_; return map { $_ => $state } @CHECKS }

# What the document says at a JSONPath of the kinds that the templates use.
sub in_document
{
    my ($document, $path) = @_;
    if (my ($label, $key) = $path =~ /\A\$\.perfdata\[\?\(\@\.label == '(\w+)'\)\]\.(value|max)\.first\(\)\z/) {
        return (map { $_->{$key} } grep { $_->{label} eq $label } @{ $document->{perfdata} })[0];
    }
    my ($value, @steps) = ($document, split /\./, $path =~ s/\A\$\.//r);
    $value = $value->{$_} for @steps;
    return $value;
}

# Every dependent item against the document of its master.
sub agrees_with_document
{
    my ($name, $host) = @_;
    my @all = items($host);
    my $values = values_of($host);
    my %document = map { $_->{lastvalue} =~ /"plugin":"check_scp_(\w+)"/ ? ($1 => $json->decode($_->{lastvalue})) : () } grep { is_master($_) && $_->{history} ne '0' } @all;
    my ($compared, @wrong) = (0);
    for my $item (grep { !is_master($_) && $_->{key_} !~ /\.(?:summary|todo|findings)\z|\.finding/ } @all) {
        my ($check) = $item->{key_} =~ /\Ascp\.(\w+)\./;
        my $document = $document{$check} or next;
        my $wanted = in_document($document, $item->{preprocessing}[0]{params});
        my $value = $item->{lastclock} ? $item->{lastvalue} : undef;
        my $same = !defined $wanted ? !defined $value : defined $value && ($item->{value_type} == 4 ? $value eq $wanted =~ s/\s+/ /gr : $value == $wanted);
        push @wrong, "$item->{key_}: " . ($value // 'none') . ', in the document ' . ($wanted // 'none') if !$same;
        $compared++;
    }
    is_deeply(\@wrong, [], "$name: $compared items have the values of the documents");
    is_deeply({ map { $_ => $values->{"scp.$_.summary"} } keys %document }, { map { $_ => $document{$_}{summary} =~ s/\s+/ /gr } keys %document }, "$name: the summaries");
    cmp_ok($compared, '>', 16, "$name: all but those of the documents that are not kept");
    return;
}

# --- The run ---

my $database = start_database();
$url = start_front_end($database);
$version = api('apiinfo.version', []) // '';
$session = api('user.login', { username => 'Admin', password => 'zabbix' });
ok($session, "the API of $version answers") or BAIL_OUT('no API: ' . slurp(scratch('php.out')));
$version = $version =~ s/\A(\d+\.\d+).*/$1/r;
api('settings.update', { map { $_ => "${TIMEOUT}s" } qw(timeout_zabbix_agent timeout_external_check) }) if $version >= 7;
ok(import_templates($_), "the templates are imported: $_") for @WAYS;
%template = map { $_->{name} => $_->{templateid} } @{ api('template.get', { output => ['name'], search => { name => 'SCP ' } }) };
is_deeply([sort keys %template], [sort map { ("SCP $_", "SCP $_ external") } @CHECKS], 'all templates are there');
ok(import_templates('agent'), 'and can be imported again');

# In a network of their own, so these may be fixed; Zabbix takes none above 32767.
my %port = (server => 10051, agent => 10050, broken => 10052, tarpit => 10053, silent => 10054, patient => 10055);
$group = api('hostgroup.create', { name => 'SCP' })->{groupids}[0];
my %host;
for my $way (@WAYS) {
    $host{"$_ $way"} = create_host("$_ $way", $way, $port{agent}, $MACROS{$_}) for sort keys %MACROS;
    $host{"slow $way"} = create_host("slow $way", $way, $port{agent}, { %{ $MACROS{healthy} }, %SLOW });
    $host{"silent $way"} = create_host("silent $way", $way, $port{silent}, { %{ $MACROS{healthy} }, NODATA => '30s' });
}
$host{'findings agent'} = create_host('findings agent', 'agent', $port{agent}, { %{ $MACROS{critical} }, FINDINGS => 1 });
$host{'broken agent'} = create_host('broken agent', 'agent', $port{broken}, $MACROS{healthy});
# An agent that waits longer than the server: what README.md warns of. A server 7.0 tells the agent how long to wait.
$host{'lost agent'} = create_host('lost agent', 'agent', $port{patient}, { %{ $MACROS{healthy} }, %SLOW, NODATA => '30s' });
# Nobody asks there: the agent's port is closed, and an external check always has an answer unless it is switched off.
api('item.update', [map { { itemid => $_->{itemid}, status => 1 } } grep { is_master($_) } items($host{'silent external'})]);

start_zabbix($database, %port);
my @answering = map { $host{$_} } grep { !/silent|lost/ } sort keys %host;
for my $try (1 .. 12) {
    my @rest = grep { !answered($_) } @answering or last;
    check_now(@rest, $host{'lost agent'});
    until_true(10, sub { !grep { !answered($_) } @rest }, 1);
}
is_deeply([grep { !/silent|lost/ && !answered($host{$_}) } sort keys %host], [], 'every check of every host has an answer')
    or diag(slurp(scratch('server/log')));

for my $way (@WAYS) {
    my $values = sees("healthy, $way", $host{"healthy $way"}, all_of(0));
    is_deeply([grep { !defined $values->{$_} && !/\.findings\z|\[/ } sort keys %$values], [qw(scp.status.last_error_age scp.status.last_success_age)],
        "healthy, $way: every item has a value, but for what there was not");
    is_deeply({ map { $_ => $values->{"scp.diagnosis.$_"} } qw(autoupdate roots intermediates revocation causes first) },
        { (map { $_ => 'absent' } qw(autoupdate roots intermediates revocation)), causes => 0, first => 'none' }, "healthy, $way: no cause");
    agrees_with_document("healthy, $way", $host{"healthy $way"});
    for my $world (qw(warning critical unknown)) {
        $values = sees("$world, $way", $host{"$world $way"}, all_of($STATE{$world}));
        agrees_with_document("$world, $way", $host{"$world $way"});
        is($values->{'scp.diagnosis.first'}, { warning => 'none', critical => 'roots' }->{$world}, "$world, $way: what to mend first");
        cmp_ok($values->{'scp.roots.expiry'}, '<', 0, "$world, $way: a number below zero") if $world eq 'critical';
    }
    $values = sees("slow, $way", $host{"slow $way"}, all_of(0), revocation => 3, diagnosis => 3);
    like($values->{'scp.revocation.summary'}, qr/Timeout was over/, "slow, $way: the reason");
}
my $values = sees('no plugin, agent', $host{'broken agent'}, all_of(3));
like($values->{'scp.roots.summary'}, qr/no document of the plugin/, 'no plugin, agent: the reason');
is(values_of($host{'unknown agent'})->{'scp.roots.summary'}, '--bogus: unknown option', 'wrong usage: the reason');

for my $way (@WAYS) {
    my $wanted = join ', ', map { "SCP $_: no answer for 30s" } @CHECKS;
    my $seen = until_true(120, sub { my $s = join ', ', sort keys %{ problems($host{"silent $way"}) }; return $s eq $wanted ? $s : undef }, 2);
    is($seen, $wanted, "silent, $way: no answer is a problem of every check") or diag(join ', ', sort keys %{ problems($host{"silent $way"}) });
}
if ($version < 7) {
    my $interface = until_true(120, sub { my $i = api('hostinterface.get', { hostids => [$host{'lost agent'}], output => [qw(available error)] })->[0]; return $i->{available} == 2 ? $i : undef }, 2);
    ok($interface, 'a server that is less patient than the agent takes it for unreachable') and like($interface->{error}, qr/timed out|timeout/i, 'for the time it took');
    is(values_of($host{'lost agent'})->{'scp.revocation.state'}, undef, 'and what takes long has no value');
    my $raised = until_true(60, sub { my $p = problems($host{'lost agent'}); return $p->{'SCP revocation: no answer for 30s'} ? $p : undef }, 2);
    ok($raised, 'which is a problem');
}
is_deeply(problems($host{"healthy $_"}), {}, "healthy, $_: no problem has come up meanwhile") for @WAYS;

# --- What was discovered ---

# id/subject => number of the findings that a document names and that are not OK
sub findings_of
{
    my ($host, $check) = @_;
    my ($text) = map { $_->{lastvalue} } grep { is_master($_) && $_->{key_} =~ /\[check_scp_$check,/ } items($host);
    my %number = (WARNING => 1, CRITICAL => 2, UNKNOWN => 3);
    return { map { ("$_->{id}/$_->{subject}" => $number{ $_->{state} }) } grep { $_->{state} ne 'OK' } @{ $json->decode($text)->{findings} } };
}

sub discovered
{
    my ($host, $check) = @_;
    my $values = values_of($host);
    return { map { /\Ascp\.$check\.finding\[(.*)\]\z/ ? ($1 => $values->{$_}) : () } keys %$values };
}

# Items that were discovered have a value with the next document.
my @discovering = map { $host{$_} } 'healthy agent', 'critical agent', 'findings agent', 'critical external';
sub without_value { my ($host) = @_; my $values = values_of($host); return grep { /\.finding\[|\.endpoint\[/ && !defined $values->{$_} } sort keys %$values }
for my $try (1 .. 6) {
    my @rest = grep { without_value($_) } @discovering or last;
    check_now(@rest);
    until_true(20, sub { !grep { without_value($_) } @rest }, 1);
}
is_deeply([map { without_value($_) } @discovering], [], 'all that was discovered has a value');
my $endpoints = values_of($host{'healthy agent'});
is_deeply([map { "$_ $endpoints->{$_}" } grep { /\.endpoint\[/ } sort keys %$endpoints],
    [map { "scp.revocation.endpoint[$_] ok" } sort qw(crl3 ocsp_dc oneocsp pkiops_crl crl2_ms ctldl ctldl_dis crl4 aia_dc aia_ms)], 'endpoints, each with its outcome');
cmp_ok($endpoints->{'scp.revocation.endpoint.ttl[crl3]'}, '>', 3 * $DAY, '... the time left');
cmp_ok($endpoints->{'scp.revocation.endpoint.time[crl3]'}, '>', 0, '... and its time');
for my $name ('critical agent', 'findings agent', 'critical external') {
    for my $check (qw(roots autoupdate intermediates status)) {
        my $wanted = findings_of($host{$name}, $check);
        is_deeply(discovered($host{$name}, $check), { map { (s/[^A-Za-z0-9.\/-]+/_/gr => $wanted->{$_}) } keys %$wanted }, "$name, $check: its findings");
    }
}
my %problem = map { my $check = $_; my $f = findings_of($host{'findings agent'}, $check); map { my ($id, $subject) = split m{/}, $_, 2; ("SCP $check: $id $subject: $WORD[$f->{$_}]" => $SEVERITY{ $WORD[$f->{$_}] }) } keys %$f } qw(roots autoupdate intermediates status);
my $each = until_true(30, sub { my $p = problems($host{'findings agent'}); my @missing = grep { !$p->{$_} } keys %problem; return @missing ? undef : $p }, 1) // problems($host{'findings agent'});
is_deeply({ map { $_ => $each->{$_}[0] } grep { !/\ASCP (?:diagnosis|revocation):/ } keys %$each }, \%problem, 'a problem for each finding, where that is wanted, and none for the check');
my $said = said($host{'findings agent'})->{'SCP roots: roots.missing demo-global-root-g2: CRITICAL'};
like($said->{comments}, qr/DemoGlobalRootG2\.crt.*Microsoft: .*https:/s, '... with the remedy and the document');
like($said->{url}, qr{\Ahttps://learn\.microsoft\.com/}, '... its address');
is_deeply($said->{tags}, { finding => 'roots.missing', subject => 'demo-global-root-g2', scope => 'trust' }, '... and tags');
like($each->{'SCP roots: roots.missing demo-global-root-g2: CRITICAL'}[1], qr/\ADemo Global Root G2 missing and root auto-update is disabled/, '... and what is so');
$said = said($host{'critical agent'});
like($said->{'SCP roots: CRITICAL'}{comments}, qr/DemoGlobalRootG2\.crt.*see: Microsoft: /s, 'a problem of a check says what to do');
like($said->{'SCP diagnosis: Cause: roots'}{comments}, qr/\Aimport Demo Global Root G2 into LocalMachine\\Root/, 'that of a cause the plan');
like($said->{'SCP diagnosis: Cause: roots'}{url}, qr{\Ahttps://learn\.microsoft\.com/.*digicert-global-root-g2}, '... and the article');

# Not supported is what Zabbix calls an item whose value it cannot take: of the wrong type, negative where it must not be.
is_deeply([map { my $name = $_; map { "$name $_->{key_}: $_->{error}" } grep { $_->{state} ne '0' || $_->{error} ne '' } items($host{$name}) } sort keys %host], [],
    'no item of any host is unsupported');

# Mended: the problems end.
for my $name ('critical agent', 'findings agent') {
    my %macro = map { $_->{macro} =~ s/\{\$SCP\.(.*)\}/$1/r => $_->{hostmacroid} } @{ api('usermacro.get', { hostids => [$host{$name}], output => [qw(macro hostmacroid)] }) };
    api('usermacro.update', [map { { hostmacroid => $macro{$_}, value => $MACROS{healthy}{$_} // 'none' } } qw(REGISTRY LOG PROFILE PROXY)]);
    for my $try (1 .. 6) {
        last if !%{ problems($host{$name}) };
        check_now($host{$name});
        until_true(20, sub { !%{ problems($host{$name}) } }, 1);
    }
    sees("mended, $name", $host{$name}, all_of(0));
    my $left = until_true(20, sub { my $v = values_of($host{$name}); my @left = grep { /\.finding\[/ && $v->{$_} } sort keys %$v; return @left ? undef : [] }, 1);
    is_deeply($left, [], "mended, $name: every finding is OK");
}
done_testing();
