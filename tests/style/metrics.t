#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The catalogue of metrics: doc/metrics.md is made from it, no performance value of a plugin is without one, names follow the
# conventions, and what contrib/prometheus asks for is there.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use JSON::PP ();
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");

sub slurp { my ($name) = @_; local $/; open my $f, '<', "$top/$name" or die "$name: $!"; return scalar <$f> }

my $page = slurp('doc/metrics.md');
is(qx{$^X $top/tests/tools/metrics-page}, $page, 'doc/metrics.md is what tests/tools/metrics-page prints');

# name => { help, labels => { label => 1 }, from => { performance label => 1 } }
my (%metric, %from, @twice);
for my $line (grep { /^\| `scp_/ } split /\n/, $page) {
    my ($name, $help, $labels, $from) = $line =~ /^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$/ or die $line;
    push @twice, $name if $metric{$name};
    $metric{$name} = { help => $help, labels => { map { $_ => 1 } 'plugin', 'source', $labels =~ /`(\w+)`/g } };
    $from{$_}{$name} = 1 for $from =~ /`(\w+)`/g;
}
is(scalar(keys %metric), () = slurp('lib/plugin/report_openmetrics.c') =~ /\.name = "/g, 'each family of the table is in the page');
is_deeply(\@twice, [], 'none twice');
is_deeply([grep { !/\Ascp_[a-z]+(?:_[a-z]+)*\z/ || /_total\z|_(?:ms|kb|percent|age)\b/ } sort keys %metric], [], 'their names follow the conventions');
is_deeply([grep { $metric{$_}{help} !~ /\A[A-Z].*\.\z/ } sort keys %metric], [], 'their help is a sentence');

# --- Performance values: what the checks name, and what the manual pages tell of ---
my %emitted;
for my $file (split /\n/, `cd '$top' && find lib/check -name '*.c'`) {
    my $code = slurp($file);
    $emitted{$1} = $file while $code =~ /\.label = "([a-z_]+)"/g;
    $emitted{$1} = $file while $code =~ /\b(?:scp_result_(?:number|seconds|main_value)|add_number|add_age_value)\(\w+(?:->r)?, "([a-z_0-9]+)"/g;
    $emitted{$1} = $file while $code =~ /\bput_age\("([a-z_]+)"/g;
    $emitted{"ID$1"} = $file while $code =~ /p\.label, "%s(_[a-z]+)"/g;
}
my ($symptoms) = slurp('lib/check/status/evaluate.c') =~ /scp_symptoms\[SCP_SYMPTOMS\] = \{(.*?)^\};/ms;
for my $kind (slurp('lib/check/status/evaluate.c') =~ /put_count\(f, (SCP_SYMPTOM_\w+),/g) {
    my ($key) = $symptoms =~ /\[$kind\] = \{ [^}]*?"([a-z]+_[a-z0-9]+)"/s;
    $emitted{ $key // $kind } = 'lib/check/status/evaluate.c';
}
cmp_ok(scalar(keys %emitted), '>', 25, 'performance values were found');
is_deeply([map { "$_ of $emitted{$_}" } grep { !$from{$_} } sort keys %emitted], [], 'each has a metric');
is_deeply([grep { !$emitted{$_} } sort keys %from], [], 'and no metric is of a value that is not there');

# --- contrib/prometheus ---

# What a text asks for that is no metric, or a label that it does not have.
sub unknown
{
    my ($text) = @_;
    my @bad;
    while ($text =~ /\b(scp_[a-z_]+)(?:\{([^{}]*)\})?/g) {
        my ($name, $labels) = ($1, $2 // '');
        push @bad, $name if !$metric{$name};
        push @bad, map { "$name\{$_}" } grep { !$metric{$name}{labels}{$_} && !/\A(?:instance|job)\z/ } $labels =~ /(\w+)\s*(?:=~?|!=)\s*["'%]/g;
    }
    return @bad;
}

for my $file (qw(scp.rules.yml scp.rules.test.yml)) {
    is_deeply([unknown(slurp("contrib/prometheus/$file") =~ s/^ *#.*//mgr)], [], "$file: its metrics are there");
}
my %help = slurp('contrib/prometheus/scp-textfile') =~ /^# HELP (\w+) (.*)$/mg;
is_deeply(\%help, { map { $_ => $metric{$_}{help} } qw(scp_check_state scp_check_timestamp_seconds) }, 'scp-textfile: its help is that of the plugins');
my $dashboard = JSON::PP->new->decode(slurp('contrib/prometheus/grafana-dashboard.json'));
my @panels = @{ $dashboard->{panels} };
my @targets = map { @{ $_->{targets} } } @panels;
is_deeply([map { unknown($_->{expr}) } @targets], [], 'dashboard: its metrics are there');
is(scalar(keys %{ { map { $_->{id} => 1 } @panels } }), scalar(@panels), 'each panel has a number of its own');
is_deeply([grep { !$_->{title} || !$_->{type} || !@{ $_->{targets} } || grep { !defined } @{ $_->{gridPos} }{qw(x y w h)} } @panels], [],
    'a title, a type, a place and a query');
is_deeply([grep { ($_->{datasource}{uid} // '') ne '${datasource}' } @panels, @targets], [], 'and the data source that is chosen');
my %variable = map { $_->{name} => 1 } @{ $dashboard->{templating}{list} };
is_deeply([grep { !$variable{$_} } map { $_->{expr} =~ /\$(\w+)/g } @targets], [], 'its variables are there');
my @clash = grep { my $p = $_; grep { $_->{id} < $p->{id} && overlap($_->{gridPos}, $p->{gridPos}) } @panels } @panels;
is_deeply([map { $_->{title} } @clash], [], 'no panel lies over another');

sub overlap
{
    my ($p, $q) = @_;
    return $p->{x} < $q->{x} + $q->{w} && $q->{x} < $p->{x} + $p->{w} && $p->{y} < $q->{y} + $q->{h} && $q->{y} < $p->{y} + $p->{h};
}

done_testing();
