#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# No text names an option that its plugin refuses: catalogues, findings and errors in the sources, --help, manual pages, README,
# contrib.  Another plugin's option is named with that plugin in front, in the same sentence.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my $plugins = ($ENV{top_builddir} // "$top/build") . '/plugins';
my @NAMES = map { "check_scp$_" } '', map { "_$_" } qw(autoupdate intermediates revocation roots status);
my (%help, %takes, %anybody);

for my $name (@NAMES) {
    plan skip_all => "$name is not built" if !-x "$plugins/$name";
    $help{$name} = `$plugins/$name --help`;
    $takes{$name} = { map { $_ => 1 } $help{$name} =~ /^\s+(?:-\w, )?--([a-z0-9-]+)/mg };
    $anybody{$_} = 1 for keys %{ $takes{$name} };
}
cmp_ok(scalar keys %anybody, '>', 50, 'options were found');

sub slurp { my ($name) = @_; local $/; open my $f, '<', "$top/$name" or die "$name: $!"; return scalar <$f> }

# The programs in whose words a text is printed, by the source's name; '' stands for those that have the registry, the network.
my %PRINTS = (
    autoupdate => ['check_scp_autoupdate', 'check_scp'], list => ['check_scp_autoupdate', 'check_scp'],
    mirror => ['check_scp_autoupdate', 'check_scp'], intermediates => ['check_scp_intermediates', 'check_scp'],
    revocation => ['check_scp_revocation', 'check_scp'], crl => ['check_scp_revocation', 'check_scp'],
    ocsp => ['check_scp_revocation', 'check_scp'], roots => ['check_scp_roots', 'check_scp'],
    status => ['check_scp_status', 'check_scp'], diagnosis => ['check_scp'],
    options => ['check_scp', 'check_scp_autoupdate', 'check_scp_intermediates', 'check_scp_revocation'],
    network => ['check_scp', 'check_scp_autoupdate', 'check_scp_intermediates', 'check_scp_revocation'],
    way => ['check_scp', 'check_scp_autoupdate', 'check_scp_revocation', 'check_scp_status'],
    vantage => ['check_scp', 'check_scp_autoupdate', 'check_scp_intermediates', 'check_scp_revocation'],
);
# Texts that are reached only where the option was given, so by a plugin that takes it.
my %GIVEN = (
    'lib/check/revocation/plan.c' => { issuer => 1 }, 'lib/judge/crl.c' => { 'max-response-age' => 1 },
    'lib/judge/ocsp.c' => { 'max-response-age' => 1 }, 'lib/check/revocation/evaluate.c' => { issuer => 1 },
);
# Errors in the registry's sources are printed where a registry is taken; those of the profile's everywhere.
my @registry = grep { $takes{$_}{registry} } @NAMES;

sub printers
{
    my ($file) = @_;
    # A check's value has its own plugin's texts; what several plugins take is told by their --help.
    return [$1 eq 'diagnosis' ? 'check_scp' : "check_scp_$1"] if $file =~ m{\Alib/check/(\w+)/check\.c\z};
    return \@registry if $file =~ m{/(?:registry|source)/};
    return $PRINTS{ $1 eq 'egress' ? $2 : $1 } // \@NAMES if $file =~ m{\Alib/(?:check|judge)/([a-z]+)(?:/([a-z]+))?};
    return \@NAMES;
}

# Literals of a source, adjacent ones joined, with what a macro between them may hide as a blank.
sub literals
{
    my ($file) = @_;
    my $code = slurp($file) =~ s{/\*.*?\*/}{ }gsr;
    my @found;
    while ($code =~ /((?:"(?:[^"\\\n]|\\.)*"\s*(?:[A-Z][A-Z_0-9]*\s+(?="))?)+)/g) {
        push @found, join '', $1 =~ /"((?:[^"\\\n]|\\.)*)"/g;
    }
    return map { s/\\n/\n/gr } @found;
}

# Options named in a text, each with the program whose it is: the one named before it in the same sentence, else undef.
sub named
{
    my ($text) = @_;
    my @found;
    for my $sentence (split /(?<=[.;:)\n])\s+|\n/, $text) {
        my $program;
        while ($sentence =~ /\b(check_scp(?:_[a-z]+)?|curl|openssl|net rpc|certutil|nft|samba)\b|(?<![-\w])--([a-z][a-z0-9-]*)/g) {
            if (defined $1) { $program = $1 } else { push @found, [$2, $program] }
        }
    }
    return @found;
}

my (%wrong, $seen);
for my $file (grep { !m{/report_html} } split /\n/, `cd '$top' && find lib plugins -name '*.[ch]' | sort`) {   # its "--" are CSS
    for my $text (literals($file)) {
        next if $text =~ m{\A--[\w=%:*/.-]+\z};   # an argument of a program that is started, no text
        # "--retry: …", "--crl and --ocsp exclude each other": about an option that was given, so it is taken.
        my $given = $text =~ /\A-(?:-[a-z%]|\w)/;
        for my $one (named($text)) {
            my ($option, $program) = @$one;
            $seen++;
            next if defined $program && $program !~ /\Acheck_scp/;
            my @refuse = grep { !$takes{$_}{$option} } defined $program ? $program : @{ printers($file) };
            @refuse = () if $given && !defined $program && @refuse < @{ printers($file) };
            push @{ $wrong{"$file --$option"} }, @refuse if @refuse && !$GIVEN{$file}{$option};
        }
    }
}
cmp_ok($seen, '>', 80, 'options in texts were found');
is_deeply([map { "$_: " . join(" ", @{ $wrong{$_} }) } sort keys %wrong], [], "no text of the sources names an option that its plugin refuses")
    or diag(map { "$_: @{ $wrong{$_} }\n" } sort keys %wrong);

# --help: six options first, every other one under the heading of its group.
for my $name (@NAMES) {
    my %under;
    my $heading = '';
    for (split /\n/, $help{$name}) {
        $heading = $1 if /^([A-Z][a-z ]+):\z/;
        push @{ $under{$heading} }, $1 if /^  (?:-\w, |    )--([a-z0-9-]+)/;
    }
    is(scalar @{ $under{'The options that matter first'} // [] }, 6, "$name --help: six options stand first");
    delete $under{$_} for 'The options that matter first', 'Sources', 'What is judged', 'Limits', 'Network', 'Output';
    is_deeply(\%under, {}, "$name --help: each of the others has a group");
}

for my $name (@NAMES) {
    my @bad = grep { !$takes{ $_->[1] // $name }{ $_->[0] } } named($help{$name} =~ s/^(?:Usage.*)$//mgr);
    is_deeply([map { "--$_->[0]" } @bad], [], "$name --help");
    my $page = slurp("man/$name.1") =~ s/^\.It Fl .*$//mgr =~ s/^\.Xr (\S+) \d.*/$1/mgr =~ s/^\.(?:Nm|Ic|Li|Cm) //mgr
        =~ s/\bFl Fl (?=[a-z])/--/gr =~ s/^\.--/--/mgr =~ s/\\-/-/gr;
    $page =~ s/\n(?!\.)/ /g;
    @bad = grep { !$takes{ defined $_->[1] && $takes{ $_->[1] } ? $_->[1] : $name }{ $_->[0] } }
        grep { !defined $_->[1] || $_->[1] =~ /\Acheck_scp/ } named($page);
    is_deeply([map { "--$_->[0]" } @bad], [], "$name.1");
}
for my $file ('man/scp-plugins.7', 'man/scp-profile.5', 'README.md', 'CONTRIBUTING.md',
    split /\n/, `cd '$top' && find contrib -type f ! -name '*.py' | sort`) {
    my $text = slurp($file) =~ s/\bFl Fl (?=[a-z])/--/gr =~ s/\\-/-/gr;
    my @bad;
    for my $line (split /\n/, $text) {
        next if $line !~ /check_scp/;
        push @bad, map { "--$_->[0]" } grep { defined $_->[1] && $takes{ $_->[1] } && !$takes{ $_->[1] }{ $_->[0] } } named($line);
    }
    is_deeply(\@bad, [], $file);
}

# Plugin output has one '|', in front of the performance data: a text of ours with one could not be printed as it stands.
my @barred;
for my $file (split /\n/, `cd '$top' && find lib/check -name findings.c -o -name source.c -o -name egress.c`) {
    push @barred, map { "$file: $_" } grep { /\|/ } literals($file);
}
is_deeply(\@barred, [], "no text of a catalogue holds a '|'");

done_testing();
