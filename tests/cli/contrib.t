#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The definitions in contrib/ against the plugins: no option that is not there, none left out that a monitoring core may want.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Scp;
use Test::More;

my @PLUGINS = qw(check_scp check_scp_roots check_scp_autoupdate check_scp_intermediates check_scp_revocation check_scp_status);
# For people, or fixed by the definition.
my %NOT_MONITORED = map { $_ => 1 } qw(help version explain list-profiles list-endpoints at output with source-label);

sub options
{
    my ($plugin) = @_;
    my $help = run([$plugin, '--help'])->{out};
    return { map { $_ => 1 } $help =~ /^ {2,6}(?:-\w, )?--([a-z0-9-]+)/mg };
}

my %options = map { $_ => options($_) } @PLUGINS;
cmp_ok(scalar(keys %{ $options{$_} }), '>', 15, "$_ --help lists its options") for @PLUGINS;

# --- Icinga 2 ---

# name => { imports => [name], command, arguments => { option => macro } }, of templates and objects
sub icinga_commands
{
    my ($text) = @_;
    my %found;
    while ($text =~ /^(?:template|object) CheckCommand "([\w-]+)" \{\n(.*?)^\}/msg) {
        my ($name, $body) = ($1, $2);
        my %arguments = $body =~ /^    "--?([\w-]+)" = (?:\{\n.*?)?"[^"\$]*\$(\w+)\$"/msg;
        my ($command) = $body =~ m{"/(\w+)"};
        $found{$name} = { imports => [$body =~ /^  import "([\w-]+)"/mg], command => $command, arguments => \%arguments };
    }
    return \%found;
}

sub arguments_of
{
    my ($commands, $name) = @_;
    my $c = $commands->{$name} or die "no CheckCommand $name";
    return { (map { %{ arguments_of($commands, $_) } } @{ $c->{imports} }), %{ $c->{arguments} } };
}

my $commands = icinga_commands(slurp("$SOURCE/contrib/icinga2/check_scp.conf"));
my %meaning;    # macro => { option => 1 }
for my $plugin (@PLUGINS) {
    my $name = $plugin =~ s/\Acheck_//r;
    is($commands->{$name}{command}, $plugin, "Icinga 2: $name runs $plugin");
    my $arguments = arguments_of($commands, $name);
    is_deeply([sort keys %$arguments], [sort grep { !$NOT_MONITORED{$_} } keys %{ $options{$plugin} }],
        "... with all of its options, and no other");
    $meaning{ $arguments->{$_} }{$_} = 1 for keys %$arguments;
}
is_deeply([grep { keys %{ $meaning{$_} } > 1 } sort keys %meaning], [], 'Icinga 2: no variable stands for two options');

# --- Nagios, Naemon, Checkmk: what is named is an option of that plugin ---

# [plugin, option…] of every line that runs one
sub command_lines
{
    my ($text) = @_;
    my @found;
    for my $line (split /\n/, $text) {
        my ($plugin, $arguments) = $line =~ m{^[^#]*\b(check_scp\w*)\s(.*)} or next;
        push @found, [$plugin, $arguments =~ /(?<![\w-])--([a-z][a-z0-9-]+)/g];
    }
    return grep { $options{ $_->[0] } } @found;
}

for my $file (qw(nagios/check_scp.cfg checkmk/mrpe.cfg)) {
    my @lines = command_lines(slurp("$SOURCE/contrib/$file") =~ s/^    command_name.*//mgr);
    my %used = map { $_->[0] => 1 } @lines;
    is_deeply([sort keys %used], [sort @PLUGINS], "$file: all plugins");
    is_deeply([map { my ($plugin, @given) = @$_; map { $options{$plugin}{$_} ? () : "$plugin --$_" } @given } @lines], [],
        '... and their options exist');
}

# --- Zabbix ---

my %templates = map { $_ => scalar qx{$^X $SOURCE/contrib/zabbix/make-templates $_} } qw(agent external);
my %masters = map { $_ => [$templates{$_} =~ /^          key: '(scp_document\[.*\])'$/mg] } sort keys %templates;
is_deeply($masters{external}, $masters{agent}, 'by the agent and as external checks Zabbix asks the same');
is_deeply([sort map { /\[(\w+),/ } @{ $masters{agent} }], [sort @PLUGINS], '... of all plugins');
for my $key (@{ $masters{agent} }) {
    my ($plugin, $given) = $key =~ /\A\w+\[(\w+),"(.*)"\]\z/;
    is_deeply([grep { !$options{$plugin}{$_} } $given =~ /(?:\A| )--([\w-]+)/g], [], "$plugin: its options exist");
    my ($template) = grep { index($_, $key) >= 0 } split /^    - uuid: /m, $templates{agent};
    is_deeply([grep { $template !~ /^        - macro: '\Q$_\E'$/m } $given =~ /\{\$[^}]+\}/g], [], '... and their macros are explained');
}
like(slurp("$SOURCE/contrib/zabbix/userparameter_check_scp.conf"), qr/^UserParameter=scp_document\[\*\],\S+scp_document "\$1" "\$2"$/m, 'the agent hands both parameters on');

# What scp_document makes of one word with all options.
save('check_shown', qq(#!/bin/sh\nfor word; do printf '<%s>' "\$word"; done\n));
chmod 0755, scratch('check_shown');
my $document = save('scp_document', slurp("$SOURCE/contrib/zabbix/scp_document") =~ s{^plugins=.*}{'plugins=' . scratch()}mer);
for my $case (['' => ''], ['--verbose --registry=/a b/c,/d --skip= --profile=scp ' => '<--verbose><--registry=/a b/c><--registry=/d><--profile=scp>'],
    ['--severity=log.*=ok,x/*=warning --noproxy=a,b  -- ' => '<--severity=log.*=ok><--severity=x/*=warning><--noproxy=a,b>'], ['--log=--x' => '<--log=--x>'], ['stray --verbose' => '<--verbose>']) {
    my ($word, $shown) = @$case;
    is(`sh $document check_shown '$word'`, "<-o><json>$shown", "scp_document '$word'");
}

# What a plugin's manual page says of performance data.
sub documented { my ($plugin) = @_; return (slurp("$SOURCE/man/$plugin.1") =~ /^\.Sh PERFORMANCE DATA\n(.*?)^\.Sh/ms)[0] // '' }

my ($labels, @undocumented) = (0);
for my $item (split /^        - uuid: /m, $templates{agent}) {
    my ($check, $label) = $item =~ /^ +key: scp\.(\w+)\..*\@\.label == ''(\w+)''/ms or next;
    my $plugin = $check eq 'diagnosis' ? 'check_scp' : "check_scp_$check";
    push @undocumented, "$plugin $label" if documented($plugin) !~ /\b\Q$label\E\b/;
    $labels++;
}
is_deeply(\@undocumented, [], "the $labels values that the templates take are in the manual pages");
cmp_ok($labels, '>', 20, 'which are many');

# --- Checkmk: the lines of mrpe.cfg, as its agent takes them apart and runs them ---

# [{ name, interval, command }]; dies at what the agent would misread
sub mrpe_lines
{
    my ($text) = @_;
    my @found;
    for my $line (grep { !/\A\s*(?:#|\z)/ } split /\n/, $text) {
        my ($name, $rest) = split ' ', $line, 2;
        my %entry = (name => $name, command => $rest);
        if ($rest =~ /\A\(([^)]*)\) (.*)\z/) {
            $entry{command} = $2;
            my %parameters = map { /\A(interval)=([1-9]\d*)\z/ ? ($1, $2) : die "parameter '$_' of $name" } split /:/, $1;
            $entry{interval} = $parameters{interval};
        }
        die "the name '$name'" if $name !~ m{\A(?:[\w.-]|%[0-9A-F]{2})+\z};
        die "$name: the command is no absolute path" if $entry{command} !~ m{\A/};
        die "$name: a single quote ends the agent's own" if $entry{command} =~ /'/ && $entry{interval};
        push @found, \%entry;
    }
    return \@found;
}

# A line of the section <<<mrpe>>>: (program) name exit output, its lines joined by \1 -> { state, name, perfdata => { label => value } }
sub mrpe_result
{
    my ($section) = @_;
    my ($name, $state, $output) = $section =~ /\A\(check_\w+\) (\S+) ([0-3]) (.*)\z/s or return {};
    my ($first) = split /\x01/, $output;
    my (undef, $perfdata) = split /\|/, $first, 2;
    return { name => $name, state => $state, perfdata => { map { split /=/, $_, 2 } split ' ', $perfdata // '' } };
}

my $world = world();
mkdir scratch('snapshots');
my %here = ('/var/lib/scp/scp01' => save('snapshots/scp01.reg', windows_export(scp_registry($world)), time) . ' --log=' . save('dmpuploader.log', log_text(0), time),
            '/usr/lib/nagios/plugins/' => plugin_path(''), 'http://proxy.example.com:8080' => 'http://127.0.0.1:1');
my $replaced = join '|', map { quotemeta } sort keys %here;
my $profile = save('demo.ini', profile($world));
my %expected = (check_scp_roots => 0, check_scp_autoupdate => 0, check_scp_intermediates => 0, check_scp_status => 0,
    check_scp_revocation => 2, check_scp => 0);   # no host is reached from here
my $lines = mrpe_lines(slurp("$SOURCE/contrib/checkmk/mrpe.cfg"));
is(scalar(keys %{ { map { $_->{name} => 1 } @$lines } }), scalar(@PLUGINS),
    'mrpe.cfg: a service for each plugin, each with a name of its own');
for my $entry (@$lines) {
    my ($plugin) = $entry->{command} =~ m{/(check_scp\w*) };
    cmp_ok($entry->{interval} // 0, '>=', 60, "$entry->{name}: in the background");
    my $command = $entry->{command} =~ s/($replaced)/$here{$1}/gr;
    $command =~ s/ --log=\S+// if $plugin !~ /check_scp(?:_status)?\z/;
    $command .= " --profile=$profile";
    my $answer = `$command 2>&1`;
    my $code = $? >> 8;
    my $result = mrpe_result("($plugin) $entry->{name} $code " . $answer =~ s/\n+\z//r =~ tr/\n/\x01/r);
    is($result->{state}, $expected{$plugin}, "$entry->{name}: its state") or diag($answer);
    is_deeply([grep { $result->{perfdata}{$_} !~ /\A-?[\d.]+(?:s|%|B|c)?(?:;[^;]*)*\z/ } keys %{ $result->{perfdata} }], [],
        '... and its performance data');
    cmp_ok(scalar(keys %{ $result->{perfdata} }), '>', 0, '... which are there');
}
for my $bad ("Two words /bin/true\n", "X (interval=ten) /bin/true\n", "X (interval=60) /bin/sh -c 'true'\n", "X check_scp\n") {
    ok(!eval { mrpe_lines($bad); 1 }, 'not a line of mrpe.cfg: ' . $bad =~ s/\n//r);
}

# --- Checkmk: its local check ---

# STATE "NAME" METRICS TEXT -> { state, name, metrics => { name => number }, lines }; dies at what Checkmk would not take
sub local_result
{
    my ($line) = @_;
    my ($state, $name, $metrics, $text) = $line =~ /\A([0-3]) "([^"]+)" (\S+) (\S.*)\z/ or die "no line of a local check: $line";
    my %metrics = map { /\A([a-z][\w.-]*)=(-?\d+(?:\.\d+)?)\z/ ? ($1, $2) : die "the metric $_" } $metrics eq '-' ? () : split /\|/, $metrics;
    return { state => $state, name => $name, metrics => \%metrics, lines => [split /\\n/, $text] };
}

save('snapshots/none', "REGEDIT4\r\n", time);
save('snapshots/scp02.reg', windows_export(scp_registry($world, update => 'off', root => 0)), time);
my $local = save('scp_local', slurp("$SOURCE/contrib/checkmk/scp_local") =~ s{^plugins=.*}{'plugins=' . plugin_path('') =~ s{/\z}{}r}mer
    =~ s{^snapshots=.*}{'snapshots=' . scratch('snapshots')}mer =~ s{^proxy=.*}{proxy=http://127.0.0.1:1}mr =~ s{-o plugin}{-o plugin --profile=$profile}gr);
my %local = map { my $r = local_result($_); ($r->{name} => $r) } split /\n/, `sh $local 2>&1`;
is_deeply({ map { $_ => $local{$_}{state} } keys %local }, { 'SCP scp01.reg' => 0, 'SCP scp02.reg' => 2, 'SCP none' => 3, 'SCP revocation' => 2 }, 'scp_local: a service for each snapshot, and the hosts');
like($local{'SCP scp02.reg'}{lines}[0], qr/\ASCP CRITICAL - causes: Demo Global Root G2 is missing; [^|]*\z/, '... with the reason');
is_deeply([grep { /\A  fix: / } @{ $local{'SCP scp02.reg'}{lines} }], [map { s/\n//r } grep { /\A  fix: / } `@{[plugin_path('check_scp')]} -o plugin --skip=revocation --profile=$profile -R @{[scratch('snapshots/scp02.reg')]}`],
    '... and the remedies, line by line');
is($local{'SCP scp02.reg'}{metrics}{causes}, 2, '... and numbers');
cmp_ok($local{'SCP scp01.reg'}{metrics}{autoupdate_sync_age}, '>', 0, '... without units');
save('speaks', "#!/bin/sh\nprintf '%s\\n' 'SCP - HKLM\\SOFTWARE\\new | ttl=-1.5s;2:;3: x=7%' second\nexit 77\n");
chmod 0755, scratch('speaks');
save('local_one', slurp($local) =~ s{^for .*}{}msr . "service 'A B' '" . scratch('speaks') . "'\n");
is(`sh @{[scratch('local_one')]}`, qq(3 "A B" ttl=-1.5|x=7 SCP - HKLM\\SOFTWARE\\New\\nsecond\n), '... of any output: a backslash before n is no new line, no state but 0 to 3');

# --- What is installed names the folders of its installation ---

{
    local @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
    my $build = $ENV{top_builddir} // "$SOURCE/build";
    my @targets = ('installdirs', map { "install-$_" } qw(nobase_dist_pkgdataDATA nobase_dist_pkgdataSCRIPTS nodist_bashcompDATA data-hook));
    my $said = `make -s -C '$build' @targets DESTDIR='@{[scratch('dest')]}' prefix=/opt/scp plugindir=/opt/scp/libexec 2>&1`;
    is($?, 0, 'contrib is installed') or diag($said);
    my $there = scratch('dest/opt/scp/share/monitoring-plugins-scp/contrib');
    like(slurp("$there/prometheus/scp-textfile.service"), qr{^ExecStart=/opt/scp/share/monitoring-plugins-scp/contrib/prometheus/scp-textfile$}m, '... the service its script');
    ok(-x "$there/prometheus/scp-textfile", '... which can be run');
    is(`grep -rlE '/usr/(lib/nagios|share/monitoring-plugins-scp)' '$there'`, '', '... and no file another folder');
}

done_testing();
