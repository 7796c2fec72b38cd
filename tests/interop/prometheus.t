#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# contrib/prometheus: two servers and six plugins in one folder lose nothing - by what doc/metrics.md says, for promtool, in
# node_exporter, and in Prometheus with its alerts. The programs are skipped by name where they are absent.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use Daemons;
use DemoWorld;
use IO::Socket::INET;
use JSON::PP ();
use Scp;
use Test::More;

my $FOLDER = "$SOURCE/contrib/prometheus";
-x plugin_path('check_scp') or plan skip_all => 'check_scp is not built';
delete @ENV{ grep { /_proxy\z/i } keys %ENV };

# --- Servers ---

my $world = world();
my $at = time;
my $profile = save('demo.ini', profile($world), $at);
my %file = (scp01 => save('scp01.reg', windows_export(scp_registry($world)), $at),
    scp02 => save('scp02.reg', windows_export(scp_registry($world, update => 'off', root => 0)), $at));
my %log = (scp01 => save('scp01.log', log_text(0), $at), scp02 => save('scp02.log', log_text(1), $at));
# The hosts are asked through a proxy that is not there, so that no network is needed.
my $network = '-x http://127.0.0.1:1';
my @PLUGINS = ('check_scp', map { "check_scp_$_" } qw(autoupdate intermediates revocation roots status));

sub line_of
{
    my ($server, $plugin) = @_;
    my $options = $plugin eq 'check_scp_revocation' ? '' : "-R $file{$server}";
    $options .= " --log=$log{$server}" if $plugin =~ /\Acheck_scp(?:_status)?\z/;
    $options .= " $network" if $plugin =~ /\Acheck_scp(?:_revocation)?\z/;
    return [$server, $plugin, "$options -P $profile --at=\@$at"];
}

my @lines = map { my $server = $_; map { line_of($server, $_) } @PLUGINS } sort keys %file;
# What gives no metrics: a deadline that passes, with both of its states, a wrong option, a plugin that is not there.
my %alone = ('late check_scp_roots' => 3, 'critically-late check_scp_roots' => 2, 'wrong check_scp_roots' => 3, 'absent check_scp_nosuch' => 3);
my @alone = (['late', 'check_scp_roots', '-t 0.000001'], ['critically-late', 'check_scp_roots', '-t 0.000001 --timeout-result=critical'],
    ['wrong', 'check_scp_roots', '--nosuch'], ['absent', 'check_scp_nosuch', '']);

sub configuration { return join '', "# servers\n\n", map { "@$_\n" } @_ }

my $textfiles = scratch('textfile');
mkdir $textfiles;
my $script = "$FOLDER/scp-textfile";

# (exit code, what it complained of)
sub collect
{
    my $conf = save('textfile.conf', configuration(@_));
    my $said = scratch('said');
    local $ENV{SCP_PLUGINS} = plugin_path('') =~ s{/\z}{}r;
    system "sh '$script' '$conf' '$textfiles' 2>'$said'";
    return ($? >> 8, slurp($said));
}

# --- Reading ---

# name => [{ labels => {…}, value }], and the help of each name; dies at what is no metric
sub metrics
{
    my ($text, $help) = @_;
    my %found;
    for my $line (split /\n/, $text) {
        if ($line =~ /\A# HELP (\w+) (.*)\z/) {
            $help->{$1}{$2} = 1 if $help;
        } elsif ($line !~ /\A#/) {
            my ($name, $labels, $value) = $line =~ /\A(\w+)(?:\{(.*)\})? (\S+)\z/ or die "no sample: $line";
            my %label = ($labels // '') =~ /(\w+)="((?:[^"\\]|\\.)*)"/g;
            push @{ $found{$name} }, { labels => \%label, value => $value };
        }
    }
    return \%found;
}

# A sample's identity: labels without a value are none.
sub identity
{
    my ($name, $labels) = @_;
    return $name . join ',', map { "$_=$labels->{$_}" } grep { $labels->{$_} ne '' } sort keys %$labels;
}

# What the page says of a performance value: [[name, sign of the time, the value's field, { label => text }]]
my %page;
for my $line (slurp("$SOURCE/doc/metrics.md") =~ /^\| (`scp_.*) \|$/mg) {
    my ($name, undef, undef, $from) = split / \| /, $line =~ s/\A`(\w+)`/$1/r;
    my $how = $from =~ s/: (time [+-] value|its maximum)\z// ? $1 : '';
    push @{ $page{$1} }, [$name, $how, $2 ? { $2 => $3 } : {}] while $from =~ /`(\w+)`(?: \(`(\w+)="(\w+)"`\))?/g;
}

# { identity => value } of a performance value in a plugin's JSON.
sub expected
{
    my ($plugin, $server, $p) = @_;
    my ($part, $label) = $plugin eq 'check_scp' ? $p->{label} =~ /\A(?:(autoupdate|roots|intermediates|revocation|status)_)?(\w+)\z/
        : ($plugin =~ s/\Acheck_scp_//r, $p->{label});
    my ($key, %label) = ($label);
    if (!$page{$label} && $label =~ /\A(\w+)(_ttl|_time)\z/) {
        ($key, $label{endpoint}) = ("ID$2", $1);
    }
    my %all;
    for my $metric (@{ $page{$key} // die "$label of $plugin is not in doc/metrics.md" }) {
        my ($name, $how, $more) = @$metric;
        my $value = $how eq 'time + value' ? $at + $p->{value} : $how eq 'time - value' ? $at - $p->{value} : $how ? $p->{max} : $p->{value};
        $all{ identity($name, { plugin => $plugin, source => $server, part => $part // 'diagnosis', %label, %$more }) } = $value if defined $value;
    }
    return \%all;
}

# --- One folder ---

my %expected;     # identity => value, of what must be there
my %state;        # "server plugin" => state
for my $line (@lines) {
    my ($server, $plugin, $options) = @$line;
    my $json = run_json([$plugin, split / /, $options =~ s/\A +//r])->{json};
    # How long an answer took is another number each time.
    %expected = (%expected, map { %{ expected($plugin, $server, $_) } } grep { $_->{label} !~ /(?:\A|_)time\z/ } @{ $json->{perfdata} });
    $expected{ identity('scp_finding_state', { plugin => $plugin, source => $server, id => $_->{id}, subject => $_->{subject} }) } //= -1
        for @{ $json->{findings} };
    $state{"$server $plugin"} = $json->{exit_code};
}
$expected{ identity('scp_check_state', { plugin => (split)[1], source => (split)[0] }) } = $state{$_} for keys %state;
is_deeply([sort keys %{ { reverse %state } }], [0 .. 3], 'the twelve are OK, WARNING, CRITICAL and UNKNOWN') or diag(explain(\%state));
%state = (%state, %alone);

my ($code, $said) = collect(@lines, @alone);
is($code, 1, 'scp-textfile: it fails where a plugin gave no metrics');
for my $what ('late check_scp_roots: SCP ROOTS UNKNOWN - no result within 0\.000001 s', 'critically-late check_scp_roots: SCP ROOTS CRITICAL - no result',
    'wrong check_scp_roots: SCP ROOTS UNKNOWN - --nosuch', 'absent check_scp_nosuch: .*not found') {
    like($said, qr/^scp-textfile: $what/m, "... and says so: $what");
}
my @files = sort glob "$textfiles/*.prom";
is(scalar(@files), @lines + @alone, 'a file for each line');
is_deeply([glob "$textfiles/.scp*"], [], 'and nothing else');

sub lost
{
    my ($samples) = @_;
    my %there = map { my $name = $_; map { (identity($name, { %{ $_->{labels} } }) => $_->{value}) } @{ $samples->{$name} } } keys %$samples;
    return grep { !defined $there{$_} || ($expected{$_} >= 0 && abs($there{$_} - $expected{$_}) > 0.001 * abs($expected{$_}) / 1e6 + 0.001) } sort keys %expected;
}

my (%help, %all, %seen);
for my $file (@files) {
    my $found = metrics(slurp($file), \%help);
    push @{ $all{$_} }, @{ $found->{$_} } for keys %$found;
}
$seen{$_}++ for map { my $name = $_; map { identity($name, $_->{labels}) } @{ $all{$name} } } keys %all;
is_deeply([grep { $seen{$_} > 1 } sort keys %seen], [], 'no sample stands twice in ' . scalar(keys %seen));
is_deeply([grep { keys %{ $help{$_} } != 1 } sort keys %help], [], 'one help for each name');
is_deeply([lost(\%all)], [], scalar(keys %expected) . ' values, findings and states of JSON are there');
is_deeply([grep { !$_->{labels}{source} } map { @$_ } values %all], [], 'each sample says whose it is');

sub states { my ($samples) = @_; return { map { ("$_->{labels}{source} $_->{labels}{plugin}" => $_->{value}) } @{ $samples->{scp_check_state} } } }
is_deeply(states(\%all), \%state, 'the states');

subtest('promtool' => sub {
    my $promtool = which('promtool') or plan skip_all => 'promtool is not installed';
    for my $file (grep { /scp-(?:late|scp02)-check_scp(?:_roots|_revocation)?\.prom/ } @files) {
        my $said = `'$promtool' check metrics <'$file' 2>&1`;
        ok($? == 0 && $said eq '', "check metrics: @{[$file =~ s{.*/}{}r]}") or diag($said);
    }
    my $rules = `'$promtool' check rules '$FOLDER/scp.rules.yml' 2>&1`;
    ok($? == 0 && $rules =~ /SUCCESS/, 'check rules') or diag($rules);
    my $tests = `cd '$FOLDER' && '$promtool' test rules scp.rules.test.yml 2>&1`;
    ok($? == 0 && $tests =~ /SUCCESS/, 'test rules') or diag($tests);
});

subtest('the reader of OpenMetrics of the Python client' => sub {
    my $python = '/usr/bin/python3';
    my $read = 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as r; '
        . '[print(sum(len(f.samples) for f in r(open(name).read()))) for name in sys.argv[1:]]';
    system("'$python' -c 'import prometheus_client.openmetrics.parser' 2>/dev/null") == 0 or plan skip_all => 'python3-prometheus-client is not installed';
    is(`'$python' -c '$read' @files 2>&1`, join('', map { scalar(() = slurp($_) =~ /^[a-z]/mg) . "\n" } @files), 'finds every sample of every file');
});

# --- node_exporter, and Prometheus behind it ---

sub free_port
{
    my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no port: $!";
    return $s->sockport;
}

sub get
{
    my ($port, $path) = @_;
    my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 5) or return '';
    print {$s} "GET $path HTTP/1.0\r\nHost: localhost\r\n\r\n";
    local $/;
    my ($head, $body) = split /\r\n\r\n/, <$s> // '', 2;
    return ($head // '') =~ m{\AHTTP/\S+ 200 } ? $body : '';
}

my $exporter = which('prometheus-node-exporter') // which('node_exporter');
my $exporter_port = free_port();
SKIP: {
    $exporter or skip 'node_exporter is not installed', 1;
    subtest('node_exporter' => sub {
        start_daemon({}, $exporter, '--collector.disable-defaults', '--collector.textfile', "--collector.textfile.directory=$textfiles",
            "--web.listen-address=127.0.0.1:$exporter_port");
        my $text = until_true(30, sub { get($exporter_port, '/metrics') }) or return fail('it answers');
        my $found = metrics($text, \my %its);
        is_deeply([map { $_->{value} } @{ $found->{node_textfile_scrape_error} }], [0], 'no file was passed over') or diag(slurp(glob scratch('*exporter.out')));
        my %same = map { my $name = $_; ($name => [map { identity($name, $_->{labels}) } @{ $found->{$name} }]) } grep { /\Ascp_/ } keys %$found;
        is_deeply([sort map { @$_ } values %same], [sort keys %seen], 'all ' . scalar(keys %seen) . ' samples are there, and none else');
        is_deeply([lost($found)], [], 'with their values');
        is_deeply(states($found), \%state, 'the states');
        is_deeply([grep { $its{$_} && !$its{$_}{ (keys %{ $help{$_} })[0] } } sort keys %help], [], 'and the help of the plugins');
    });
}

SKIP: {
    my $prometheus = which('prometheus') or skip 'prometheus is not installed', 1;
    $exporter or skip 'node_exporter is not installed', 1;
    subtest('Prometheus' => sub {
        my $port = free_port();
        # Without the minutes for which a state has to last.
        my $rules = save('scp.rules.yml', slurp("$FOLDER/scp.rules.yml") =~ s/^ +for: .*\n//mgr);
        my $conf = save('prometheus.yml', "global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: ['$rules']\nscrape_configs:\n"
            . "  - { job_name: node, static_configs: [ { targets: ['127.0.0.1:$exporter_port'] } ] }\n");
        start_daemon({}, $prometheus, "--config.file=$conf", '--storage.tsdb.path=' . scratch('tsdb'), "--web.listen-address=127.0.0.1:$port", '--log.level=warn');
        my $alerts = until_true(120, sub {
            my $answer = eval { JSON::PP->new->utf8->decode(get($port, '/api/v1/alerts')) } or return undef;
            my @firing = grep { $_->{state} eq 'firing' } @{ $answer->{data}{alerts} };
            return @firing >= grep({ $_ } values %state) ? \@firing : undef;
        }) or return fail('its alerts fire') || diag(slurp(scratch('prometheus.out')));
        my %name = (1 => 'ScpWarning', 2 => 'ScpCritical', 3 => 'ScpUnknown');
        my %fired = map { ("$_->{labels}{source} $_->{labels}{plugin}" => $_) } @$alerts;
        is_deeply({ map { ($_ => $fired{$_}{labels}{alertname}) } keys %fired }, { map { $state{$_} ? ($_ => $name{ $state{$_} }) : () } keys %state },
            'an alert for each server and plugin that is not well');
        my $cause = $fired{'scp02 check_scp'}{annotations};
        is($cause->{summary}, 'scp02: check_scp is CRITICAL', 'its summary');
        like($cause->{description}, qr/\bdiagnosis\.roots\b.*\broots\.missing demo-global-root-g2;/s, 'its findings');
        my ($step) = map { $_->{remedy} } finding(run_json(['check_scp', split / /, line_of('scp02', 'check_scp')->[2]]), 'diagnosis.roots');
        like($step // '', qr/^certutil|: certutil -addstore Root DemoGlobalRootG2\.crt$/m, 'what mends it is a command');
        ok(index($cause->{remedy}, $step) >= 0, '... which is in the alert, whole') or diag($cause->{remedy}, "\n---\n", $step);
        like($fired{'late check_scp_roots'}{annotations}{description}, qr/gave no metrics/, 'and that a plugin gave none');
    });
}

# --- What is gone goes, what is wrong is said, and what is there stays ---

($code, $said) = collect($lines[0], ['../x', 'check_scp', ''], ['x', '../check_scp', ''], ['x', '/bin/sh', '-c true'], $lines[0]);
is_deeply([map { s{.*/}{}r } glob "$textfiles/*.prom"], ["scp-scp01-check_scp.prom"], 'files of lines that are no more are gone');
is(() = $said =~ /'\.\.\/x' is no name|x: its second word is no plugin|scp01 check_scp: twice/g, 4, 'what is no line is said') or diag($said);
is($code, 1, 'and it fails');
($code, $said) = collect($lines[-1]);
is("$code $said", '0 ', 'without a word where all is well');
my $kept = slurp("$textfiles/scp-scp02-check_scp_status.prom");
is(system("sh '$script' '$textfiles/none' '$textfiles' 2>/dev/null") >> 8, 1, 'without its configuration it fails');
is(slurp("$textfiles/scp-scp02-check_scp_status.prom"), $kept, 'and takes nothing away');
{
    chmod 0755, save('mv', "#!/bin/sh\nexit 1\n");
    local $ENV{PATH} = scratch() . ":$ENV{PATH}";
    ($code, $said) = collect($lines[-1]);
    is($code, 1, 'a file that cannot be put into its place is a failure');
    is(slurp("$textfiles/scp-scp02-check_scp_status.prom"), $kept, 'and the old one stays whole');
    is_deeply([glob "$textfiles/.scp*"], [], 'and alone');
}

done_testing();
