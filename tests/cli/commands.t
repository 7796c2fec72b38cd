#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every command line in a Markdown text can be run (those of manuals and --help: environment.t).  A plugin's is run with files made here in the place of those it names, or, where it asks
# a network, its options are read by the plugin; of others the program, the target, the option is looked for.  A block
# of commands is marked: sh is tried here, bat and powershell need Windows.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Scp;
use Snapshot;
use Test::More;
use Text::ParseWords qw(shellwords);

my @PLUGINS = map { "check_scp$_" } '', map { "_$_" } qw(autoupdate intermediates revocation roots status);
my %COMMENT = map { $_ => 1 } qw(text json ini);
my %WINDOWS = map { $_ => 1 } qw(bat powershell);

# --- The lines ---

# [file, line, command, in a sentence: without what goes without saying]
my (@commands, @unmarked);
sub add { my ($file, $line, $text, $prose) = @_; push @commands, map { [$file, $line, $_, $prose] } split / && /, $text =~ s/\s+# .*//r =~ s/\A\$ //r; return }

sub read_markdown
{
    my ($file) = @_;
    my ($n, $language) = (0);
    for my $line (split /\n/, slurp("$SOURCE/$file")) {
        $n++;
        if ($line =~ /\A```(\w*)/) {
            $language = defined $language ? undef : $1;
            push @unmarked, "$file:$n: '$1'" if defined $language && $language ne 'sh' && !$COMMENT{$language} && !$WINDOWS{$language};
        } elsif (defined $language) {
            add($file, $n, $line) if $language eq 'sh' && $line =~ /\S/;
        } elsif ($line =~ /\A {4,}(\$ .*|(?:\S*\/)?check_scp\w* .*)/) {
            add($file, $n, $1);
        } else {
            add($file, $n, $1, 1) while $line =~ /`(check_scp\w* [^`…]+)`/g;
        }
    }
    return;
}

read_markdown($_) for split /\n/, `cd '$SOURCE' && ls *.md doc/*.md contrib/*.md contrib/*/*.md | grep -v 'CHANGELOG.md\\|findings.md'`;
# What a text calls a file of the tree is one.
my @missing;
for my $file (split /\n/, `cd '$SOURCE' && ls *.md doc/*.md contrib/*.md contrib/*/*.md | grep -v CHANGELOG`) {
    push @missing, map { "$file: $_" } grep { (!/[A-Z]{3}/ || /README/) && !-e "$SOURCE/$_" && !-e "$SOURCE/$_.c" } slurp("$SOURCE/$file") =~ m{[`(]((?:tests|contrib|doc|lib|examples|data|man)/[\w./-]+)[`)]}g;
}
is_deeply(\@missing, [], 'files that are named are there');
is_deeply(\@unmarked, [], 'each block says what it is');
cmp_ok(scalar @commands, '>', 30, 'commands were found');

# --- What stands in for the files that they name ---

my $w = world();
my $profile = save('demo.ini', profile($w));
my $registry = scp_registry($w);
my %mirror = mirror($w);
make_path(scratch('ctl'));
write_bytes(scratch("ctl/$_"), $mirror{$_}) for keys %mirror;
my %software = map { s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\//r => $registry->{$_} } grep { /\AHKEY_LOCAL_MACHINE\\SOFTWARE\\/ } keys %$registry;
my %system = map { s/\AHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet/ControlSet001/r => $registry->{$_} } grep { /\\SYSTEM\\/ } keys %$registry;
my %STAND_IN = (
    'scp-snapshot' => sub { snapshot($registry, begun => time - 60) },
    'scp01.reg' => sub { save('scp01.reg', windows_export($registry), time) },
    'change.reg' => sub { save('change.reg', windows_export({ SYSTEM_CERTIFICATES . '\ROOT\Certificates\\' . fingerprint($w->{service}{der}) =>
        { Blob => reg_binary(cert_blob($w->{service}{der})) } }), time) },
    'dmpuploader.log' => sub { save('dmpuploader.log', log_text(0), time) },
    'messages.json' => sub { save('messages.json', '{"count": 0, "value": []}', time) },
    'roots.pem' => sub { save('roots.pem', $w->{root}{pem}) },
    'cas.pem' => sub { save('cas.pem', $w->{cross}{pem} . $w->{issuing}{pem}) },
    'service.pem' => sub { save('service.pem', $w->{service}{pem}) },
    'leaf.pem' => sub { save('leaf.pem', $w->{service}{pem}) },
    'authrootstl.cab' => sub { save('authrootstl.cab', $mirror{'authrootstl.cab'}) },
    '/srv/ctl' => sub { scratch('ctl') },
    'hive:SOFTWARE' => sub { 'hive:' . save('SOFTWARE', hive_bytes(\%software, name => '\SystemRoot\System32\Config\SOFTWARE', time => time - 60), time) },
);
my %made;
sub stand_in { my ($name) = @_; return $STAND_IN{$name} ? $made{$name} //= $STAND_IN{$name}->() : undef }

# The words of a command with what stands in; undef where one names what nothing here stands for.
sub replaced
{
    my (@words) = @_;
    my @found;
    for my $word (@words) {
        my ($head, $name) = $word =~ /\A(--(?:registry|log|messages|with|roots|intermediates|certificate|list|mirror)=)(.+)\z/ ? ($1, $2) : ('', $word);
        my $there = stand_in($name);
        return if !defined $there && ($head ne '' || $name =~ /\.\w{3,4}\z|\A[A-Z]+\z|:\/\//);
        push @found, $head . ($there // $name);
    }
    return @found;
}

# --- What is tried ---

my $NETWORK = qr/\A(?:-[HxkA]|--(?:hostname|service|online|connect|aia|proxy|crl|ocsp|adminservice)(?:=.*)?)\z/;
my %ANSWERS = map { $_ => 1 } qw(--list-endpoints --list-profiles --explain --help --version);
my (%wrong, %tried);

sub try_plugin
{
    my ($where, $prose, $plugin, @words) = @_;
    my $taken = run([$plugin, @words, '--version'])->{out};
    if ($taken !~ /\A$plugin \(/) { $wrong{$where} = (split /\n/, $taken)[0]; return }
    $tried{options}++;
    my $asks = (grep { /$NETWORK/ } @words) || ($plugin eq 'check_scp_revocation' && !grep { $ANSWERS{$_} } @words);
    return if $prose || $asks || no_hives() && grep { /\Ahive:/ } @words;
    my @arguments = replaced(@words) or return;
    my $answers = grep { $ANSWERS{ s/=.*//r } } @words;
    push @arguments, "--profile=$profile", '--name=service.demo.example' x !!(grep { /\A--name=/ } @words) if !$answers;
    push @arguments, '--skip=revocation', '--noproxy=*' if $plugin eq 'check_scp' && !$answers;
    my $r = run([$plugin, grep { $_ ne '' } @arguments], any => 1);
    $wrong{$where} = "exit $r->{code}: " . substr $r->{out}, 0, 200 if $r->{signal} || $r->{code} > ($answers ? 3 : 2);
    $wrong{$where} = "says nothing" if $r->{out} eq '';
    $tried{run}++;
    return;
}

my $makefile = slurp(($ENV{top_builddir} // "$SOURCE/build") . '/Makefile');
my $configure = slurp("$SOURCE/configure.ac");
my %usage = map { $_ => 1 } (slurp("$SOURCE/quickstart") =~ /usage: \.\/quickstart (.*?)"/)[0] =~ /\w+/g;
my %OTHER = (
    make => sub { my @targets = grep { !/=/ } @_; while (@targets && $targets[0] =~ /\A-/) { shift @targets; shift @targets if @targets && $targets[0] eq 'build' }
        return grep { $makefile !~ /^\Q$_\E:/m } @targets },
    perl => sub { return grep { !-e "$SOURCE/$_" } $_[0] },
    sh => sub { return grep { !-e "$SOURCE/$_" } $_[0] },
    './quickstart' => sub { return grep { !$usage{$_} } @_ },
    '../configure' => sub { return grep { !/\A--(?:prefix|help)/ && $configure !~ /AC_ARG_WITH\(\[\Q@{[ s{\A--with-|=.*}{}gr ]}\E\]/ } @_ },
    prove => sub { return grep { !-e "$SOURCE/$_" } grep { /\.t\z/ } @_ },
    (map { $_ => sub { return () } } qw(autoreconf mkdir cd mv)),    # the system's own
);

for my $one (@commands) {
    my ($file, $line, $command, $prose) = @$one;
    my @words = shellwords($command =~ s/ [>|<].*//r);
    shift @words while @words && $words[0] =~ /\A[A-Z_]+=/;
    my $program = shift @words // next;
    my $where = "$file:$line: $command";
    my ($plugin) = $program =~ m{\A(?:build/plugins/|/usr/lib/nagios/plugins/)?(check_scp\w*)\z};
    if (defined $plugin) {
        (grep { $_ eq $plugin } @PLUGINS) ? try_plugin($where, $prose, $plugin, @words) : ($wrong{$where} = 'no plugin');
    } elsif ($OTHER{$program}) {
        my @bad = $OTHER{$program}->(@words);
        $wrong{$where} = "not there: @bad" if @bad;
        $tried{other}++;
    } else {
        $wrong{$where} = 'no program of ours' if !-x "$SOURCE/$program";
        $tried{other}++;
    }
}
is_deeply([map { "$_ => $wrong{$_}" } sort keys %wrong], [], 'every command can be run') or diag(map { "$_\n  $wrong{$_}\n" } sort keys %wrong);
cmp_ok($tried{$_} // 0, '>', $tried{$_} ? 5 : 0, "$_: $tried{$_} were tried") for qw(options run other);
done_testing();
