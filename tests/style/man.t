#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Manual pages agree with the programs: options both ways, findings both ways; every finding has what it needs.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::Bin/../tools";
use Scp qw(run);
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $plugins = ($ENV{top_builddir} // "$top/build") . '/plugins';

# Catalogues of each plugin; a plugin with `network` has the options of that section, too.
my %PLUGINS = (
    check_scp => { catalogues => ['diagnosis/findings.c', 'service/findings.c'], network => 1 },
    check_scp_autoupdate => { catalogues => ['autoupdate/findings.c', 'list/findings.c', 'mirror/findings.c', 'source/source.c', 'egress/egress.c'], network => 1 },
    check_scp_intermediates => { catalogues => ['intermediates/findings.c', 'source/source.c'], network => 1 },
    check_scp_revocation => { catalogues => ['revocation/findings.c', 'source/source.c', 'egress/egress.c'], network => 1 },
    check_scp_roots => { catalogues => ['roots/findings.c', 'source/source.c'] },
    check_scp_status => { catalogues => ['status/findings.c', 'egress/egress.c', 'source/source.c'] },
);

sub slurp { my ($name) = @_; local $/; open my $f, '<', "$top/$name" or die "$name: $!"; return scalar <$f> }
sub options_of { my ($text) = @_; return map { $_ => 1 } $text =~ /^\.It Fl .*?-([a-z][a-z-]+)/mg }
sub section { my ($page, $name) = @_; return $page =~ /^\.Sh \Q$name\E\n(.*?)(?=^\.Sh |\z)/ms ? $1 : '' }

# The text of adjacent string literals; that of a manual's lines.
sub literal { my ($c) = @_; return join('', $c =~ /"((?:[^"\\]|\\.)*)"/g) =~ s/\\(.)/$1/gr =~ s/\s+/ /gr }
sub prose { my ($mdoc) = @_; return $mdoc =~ s/^\.Fl Fl /--/gmr =~ s/\\\(dq/"/gr =~ s/\\e/\\/gr =~ s/\s+/ /gr =~ s/ \z//r }
# id => ["states: meaning", ...] of each entry
sub entries_of
{
    my ($page) = @_;
    my %entry;
    push @{ $entry{$1} }, "$2: " . prose($3) while $page =~ /^\.It Cm ([a-z]+\.[a-z-]+) Pq ([A-Z, ]+)\n(.*?)(?=^\.(?:It|El|Sh|Ss)\b)/gms;
    return %entry;
}

sub catalogue_of
{
    my ($file) = @_;
    my $text = slurp($file);
    my %catalogue;
    while ($text =~ /\{ "([a-z]+\.[a-z-]+)", "([A-Z, ]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*(NULL|(?:(?:"(?:[^"\\]|\\.)*"|[A-Z_]+)\s*)+),\s*([^}]*?),\s*((?:SCP_[A-Z_]+(?:\s*\|\s*)?)+|0)\s*\}/g) {
        $catalogue{$1} = { states => $2, meaning => literal($3), remedy => $4, reference => $5, evidence => $6 };
    }
    my @rows = $text =~ /^\s*\{ "([a-z]+\.[a-z-]+)"/mg;
    is_deeply([sort keys %catalogue], [sort @rows], "$file: every row was read");
    return %catalogue;
}

my $common = slurp('man/scp-plugins.7');
my %listed;   # findings of all plugins
for my $plugin (sort keys %PLUGINS) {
    my $program = "$plugins/$plugin";
    my $about = $PLUGINS{$plugin};
    my $page = slurp("man/$plugin.1");
    my %catalogue = map { catalogue_of("lib/check/$_") } @{ $about->{catalogues} };
    my %described = map { $_ => 1 } "$page$common" =~ /^\.It Cm ([a-z]+\.[a-z-]+)/mg;
    %listed = (%listed, %catalogue);
    ok(keys %catalogue > 5, "$plugin: findings were found");
    is_deeply([grep { !$described{$_} } sort keys %catalogue], [], "$plugin: findings of the catalogue are in the manual");
    is_deeply([grep { $catalogue{$_}{states} ne 'OK' && $catalogue{$_}{remedy} eq 'NULL' } sort keys %catalogue], [],
        "$plugin: every finding that alarms has a remedy");
    is_deeply([grep { $catalogue{$_}{states} eq 'OK' && $catalogue{$_}{evidence} =~ /STEP/ && !/\Amirror|\Arevocation/ } sort keys %catalogue], [],
        "$plugin: no remark is evidence for a cause");
    my %entry = entries_of("$page$common");
    my @differ = grep { my $id = $_; grep { $_ ne "$catalogue{$id}{states}: $catalogue{$id}{meaning}" } @{ $entry{$id} } } sort keys %catalogue;
    is_deeply(\@differ, [], "$plugin: states and meanings in the manual are the catalogue's");
    is_deeply([$page =~ /^([^.].*\\".*)$/mg], [], "$plugin: no remark swallows the manual's text");
    my @own = $page =~ /^\.It Cm ([a-z]+\.[a-z-]+)/mg;
    is_deeply([grep { !$catalogue{$_} } @own], [], "$plugin: findings of the manual are in the catalogue");
    SKIP: {
        skip "$plugin is not built", 3 if !-x $program;
        my %help = map { $_ => 1 } `$program --help` =~ /^\s+(?:-\w, )?--([a-z-]+)/mg;
        my %man = (options_of($page), options_of(section($common, 'OPTIONS')));
        %man = (%man, options_of(section($common, 'NETWORK OPTIONS'))) if $about->{network};
        %man = (%man, options_of(section($common, 'REGISTRY OPTIONS'))) if $help{registry};
        ok(keys %help > 12, "$plugin: options were found");
        is_deeply([sort keys %man], [sort keys %help], "$plugin: options: manual and --help");
        my @mute = grep { run([$plugin, "--explain=$_"])->{out} !~ /\Q$_\E/ } sort keys %catalogue;
        is_deeply(\@mute, [], "$plugin: --explain knows them all");
    }
}
is_deeply([grep { !$listed{$_} } $common =~ /^\.It Cm ([a-z]+\.[a-z-]+)/mg], [], 'findings of scp-plugins(7) are in a catalogue');

# Ids that the code adds are in a catalogue, and the other way round.
my (%used, %prefix);
$prefix{ s/\..*//r } = 1 for keys %listed;
my $prefixes = join '|', sort keys %prefix;
for my $file (glob("$top/lib/{check,judge}/*.[ch] $top/lib/check/*/*.[ch] $top/plugins/*.c")) {
    next if $file =~ m{/findings\.c\z};
    my $text = do { local $/; open my $f, '<', $file or die $file; <$f> };
    $text =~ s/_catalogue\[\] = \{.*?\n\};//s;
    $used{$1} = 1 while $text =~ /"((?:$prefixes)\.[a-z-]+)"/g;
    # Rows of the reasons, whose findings bear their names.
    if ($file =~ m{/judge/reason\.c\z}) { $used{"revocation.$1"} = 1 while $text =~ /\bROW\("([a-z-]+)"/g }
}
is_deeply([grep { !$listed{$_} } sort keys %used], [], 'findings: what the code adds is in a catalogue');
is_deeply([grep { !$used{$_} } sort keys %listed], [], 'findings: what a catalogue has is added by the code');
my ($kinds) = slurp('lib/windows/profile.c') =~ /\bKINDS\[[^]]*\] = \{(.*?)\}/s;
my ($said) = slurp('man/scp-profile.5') =~ /^\.It Cm kind\n(.*?)^\.It /ms;
is_deeply([grep { $said !~ /\b\Q$_\E\b/ } $kinds =~ /"(\w+)"/g], [], 'scp-profile(5) has every kind of endpoint');
my $lint = (grep { -x } map { "$_/mandoc" } split /:/, $ENV{PATH})[0];
SKIP: {
    skip 'mandoc is not installed', 1 if !$lint;
    my @said = grep { !/STYLE|referenced manual|no document date|Mdocdate/ } `$lint -Tlint $top/man/*.[1-8] 2>&1`;
    is_deeply(\@said, [], 'mandoc finds nothing');
}
done_testing();
