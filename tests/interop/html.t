#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The page of check_scp -o html before judges that are not ours: the Nu HTML checker (a `vnu` program, or the jar that SCP_VNU
# names), HTML Tidy, and Chromium without a screen.  Each is used where it is installed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Scp;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
my $vnu = defined which('vnu') ? [which('vnu')] : defined $ENV{SCP_VNU} && defined which('java')
    ? [which('java'), '-jar', $ENV{SCP_VNU}] : undef;
my ($tidy, $chromium) = (which('tidy'), which('chromium') // which('chromium-browser'));
$vnu || $tidy || $chromium or plan skip_all => 'no judge of HTML is installed (vnu, tidy, chromium)';

# A world with hostile names in its stores, its log and its status messages.
my $w = world();
my $profile = save('demo.ini', profile($w));
my @evil = ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "&lt;b&gt; &amp; 'x'", "\x{202E}gnp.exe\x{2066}",
    'x' x 300);
my $registry = scp_registry($w, update => 'off', root => 0);
put_certificate($registry, SYSTEM_CERTIFICATES . '\CA', certificate(cn => $_)) for @evil[0 .. 3];
my $log = save('evil.log', log_text(1) . join('',
    map { "<![LOG[Failed to check and load service signing certificate. $_]LOG]!><time=\"00:00:00.000+000\" date=\"11-25-2026\" component=\"$_\" context=\"\" type=\"3\" thread=\"1\" file=\"\">\r\n" } @evil[0 .. 2]), time);

sub page
{
    my ($name, @arguments) = @_;
    my $r = run([$NAME, "--profile=$profile", '-o', 'html', @arguments], any => 1);
    return save("$name.html", $r->{out});
}
my %page = (
    broken => page('broken', '-R', save('evil.reg', windows_export($registry), time), "--log=$log", '--noproxy=*', '-t', 5),
    healthy => page('healthy', '-R', save('good.reg', windows_export(scp_registry($w)), time), '--skip=revocation', '-v'),
    nothing => page('nothing', '-R', scratch('nosuch.reg'), '--skip=revocation'),
);

# What a program says, both streams.
sub said
{
    my (@command) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null' or POSIX::_exit(125);
        open STDERR, '>&', \*STDOUT or POSIX::_exit(125);
        exec @command or POSIX::_exit(126);
    }
    local $/;
    return scalar <$out> // '';
}

for my $name (sort keys %page) {
    my $text = slurp($page{$name});
    like($text, qr/<\/html>\n\z/, "$name: a whole page");
    unlike($text, qr/<(?:script|img|link|iframe)|<[^>]*\s(?:on\w+|src|style)=/i, "$name: nothing runs, nothing is fetched");
    SKIP: {
        skip 'the Nu HTML checker is not installed', 1 if !$vnu;
        is(said(@$vnu, $page{$name}), '', "$name: the Nu HTML checker has nothing to say");
    }
    SKIP: {
        skip 'HTML Tidy is not installed', 1 if !$tidy;
        unlike(said($tidy, '-quiet', '-errors', '-utf8', $page{$name}), qr/- Error:/, "$name: HTML Tidy finds no error");
    }
    SKIP: {
        skip 'Chromium is not installed', 2 if !$chromium;
        skip 'one page is enough for Chromium', 2 if $name ne 'broken';
        for my $width (400, 1200) {
            my $shot = scratch("$name-$width.png");
            my $said = said($chromium, qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
                --disable-component-update --disable-sync --hide-scrollbars --enable-logging=stderr),
                '--user-data-dir=' . scratch('chromium'),
                "--window-size=$width,2000", "--screenshot=$shot", "file://$page{$name}");
            ok(-s $shot && $said !~ /CONSOLE/, "$name: Chromium shows it, $width wide, without a console message") or diag($said);
        }
    }
}

done_testing();
