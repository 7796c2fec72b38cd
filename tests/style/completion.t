#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion in the real shells: keys are typed to an interactive bash and zsh on a terminal (script(1)), and what the completed
# line runs tells its words.  Each word that is offered is one that the plugin takes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use IPC::Open2 qw(open2);
use Scp;
use Test::More;

my $folder = ($ENV{top_builddir} // "$SOURCE/build") . '/contrib/completion';
-e "$folder/check_scp" or plan skip_all => 'completion is not built';
my $files = scratch('files');
mkdir $files or die "$files: $!";
save("files/$_", '') for 'one.reg', 'dmp uploader.log';

# Line with keys => the words that the command is to get.  ^I is the key Tab.
my @KEYS = (
    ["check_scp --outp\tj\t", '--output=json'],
    ["check_scp -o t\t", '-o terminal'],
    ["check_scp_roots --out\top\t -v", '--output=openmetrics -v'],
    ["check_scp_roots --explain=roots.on-d\t", '--explain=roots.on-demand'],
    ["check_scp --skip=autou\t", '--skip=autoupdate'],
    ["check_scp_revocation --skip-e\tdtrust_o\t", '--skip-endpoint=dtrust_ocsp'],
    ["check_scp_revocation --profile=arti\t", '--profile=article'],
    ["check_scp --severity=roots.on-d\tw\t", '--severity=roots.on-demand=warning'],
    ["check_scp_status --timeout-r\tcr\t", '--timeout-result=critical'],
    ["check_scp_autoupdate --expect=dis\t", '--expect=disabled'],
    ["check_scp -R $files/on\t", "-R $files/one.reg"],
    ["check_scp --log=$files/dm\t", "--log=$files/dmp uploader.log"],
    ["check_scp_intermediates --ai\tp\t", '--aia=probe'],
);

# What each line of keys runs, in that shell; waits for each answer.
sub typed
{
    my ($start, $prepare) = @_;
    my $pid = open2(my $from, my $to, 'script', '-qec', $start, '/dev/null');
    binmode $_ for $from, $to;
    my ($read, $mark) = ('', 0);
    my $ask = sub {
        my ($keys) = @_;
        $mark++;
        syswrite $to, "$keys\necho 'E'ND$mark\n";
        while ($read !~ /END$mark\r?\n/) { sysread($from, $read, 4096, length $read) or last }
        my ($got) = $read =~ /^(?:.*\r)?GOT:([^\r\n]*)\r?\n/m;
        $read = '';
        return $got;
    };
    local $SIG{PIPE} = 'IGNORE';
    local $SIG{ALRM} = sub { kill KILL => $pid };
    alarm 600;
    $ask->($prepare);
    my @got = map { [$_, $ask->($_->[0])] } @KEYS;
    syswrite $to, "exit\n";
    close $to;
    waitpid $pid, 0;
    alarm 0;
    return @got;
}
my @PLUGINS = map { "check_scp$_" } '', map { "_$_" } qw(autoupdate intermediates revocation roots status);
my $tell = join '; ', map { "$_() { echo \"GOT:\$*\"; }" } @PLUGINS;
my %SHELL = (
    bash => ["bash --noprofile --norc -i", "bind 'set enable-bracketed-paste off'; $tell; . '$folder/check_scp'"],
    zsh => ["zsh -f -i", "unset zle_bracketed_paste; $tell; fpath=('$folder' \$fpath); autoload -Uz compinit; compinit -u -D"],
);
local @ENV{qw(TERM HOME PS1 COLUMNS)} = ('dumb', scratch(), '$ ', 1000);
for my $shell (sort keys %SHELL) {
    SKIP: {
        skip "no $_", scalar @KEYS for grep { !defined which($_) } $shell, 'script';
        is($_->[1], $_->[0][1], "$shell: " . $_->[0][0] =~ s/\t/<Tab>/gr) for typed(@{ $SHELL{$shell} });
    }
}

# Words that are offered are words that are taken: read as an option before --version is.
my $bash = slurp("$folder/check_scp");
my @refused;
my $offered = 0;
while ($bash =~ /^    (check_scp\w*):(--[\w-]+)\S*\) words='([^']+)'/mg) {
    my ($plugin, $option, $words) = ($1, $2, $3);
    next if $option =~ /\A--(?:explain|severity|endpoint|skip-endpoint|require|recommend)\z/;
    for my $word (split ' ', $words) {
        $offered++;
        push @refused, "$plugin $option=$word" if run([$plugin, "$option=$word", '--version'])->{out} !~ /\A$plugin \(/;
    }
}
is_deeply(\@refused, [], "the $offered words that options offer are taken");
my %takes = map { my $plugin = $_; $plugin => { map { ("--$_" => 1) } run([$plugin, '--help'])->{out} =~ /^\s+(?:-\w, )?--([a-z0-9-]+)/mg } } @PLUGINS;
for my $plugin (@PLUGINS) {
    my ($options) = $bash =~ /^    $plugin:\*\) options='([^']+)'/m;
    is_deeply([sort map { s/=\z//r } split ' ', $options], [sort keys %{ $takes{$plugin} }], "$plugin: its options are those of --help");
}
done_testing();
