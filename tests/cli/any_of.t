#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Roots of which one is enough (any_of): which of them is required, and what is to be imported where none is there.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use MIME::Base64 qw(encode_base64);
use Pki;
use Said;
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my ($old, $new, $third) = map { certificate(cn => "Root $_", serial => $_) } 1 .. 3;
sub section
{
    my ($alias, $der, $level, $more) = @_;
    return "\n[root $alias]\nsha1 = " . fingerprint($der) . "\nsha256 = " . der_sha256($der) . "\nname = The $alias root\nlevel = $level\nder = " . encode_base64($der, "") . "\nsource = test\n" . ($more // '');
}
my $HEAD = "[profile]\nname = test\nas_of = 2026-11-01\n";
my $profile = save('any.ini', $HEAD . section('old', $old, 'required', "any_of = new third\n") . section('new', $new, 'informational') . section('third', $third, 'informational'));
my @OFF = (policy => { DisableRootAutoUpdate => reg_dword(1) });
my $files = 0;

sub judged
{
    my ($what, $machine, $state, $subject, $id, $plugin) = @_;
    my $r = run_json([$plugin // $NAME, '-v', "--at=$AT", "--profile=$profile", '-R', save('any' . ++$files . '.reg', windows_export($machine)),
        $plugin ? ('--skip=revocation', '--skip=status', '--skip=intermediates') : ()]);
    my @f = grep { $_->{id} eq $id } @{ $r->{json}{findings} };
    is($r->{json}{state}, $state, $what) or diag($r->{out});
    is(join(' ', map { $_->{subject} } @f), $subject, "$what: $id") or diag($r->{out});
    return ($r, @f);
}

my ($r, $f) = judged('none of them', machine(@OFF), 'CRITICAL', 'old', 'roots.missing');
like($f->{text}, qr/\AThe old root missing and .*; one of these in its place is enough, but none is there: new third\z/, 'which would do');
like($f->{remedy}, qr/import it into LocalMachine\\Root/, 'what to do');
judged('the root itself', machine(@OFF, root => [$old]), 'OK', 'old', 'roots.present');
($r) = judged('another', machine(@OFF, root => [$third]), 'OK', 'third', 'roots.present');
is(join(' ', map { $_->{state} } grep { $_->{id} eq 'roots.informational' && $_->{subject} eq 'old' } @{ $r->{json}{findings} }), 'OK', 'the one that is not needed');
is((grep { $_->{label} eq 'required' } @{ $r->{json}{perfdata} })[0]{value}, 1, 'one is required');
judged('two others', machine(@OFF, root => [$third, $new]), 'OK', 'new', 'roots.present');
judged('all', machine(@OFF, root => [$old, $third, $new]), 'OK', 'old', 'roots.present');
judged('another, which is distrusted', machine(@OFF, root => [$new], disallowed => [$new]), 'CRITICAL', 'old', 'roots.missing');
judged('two others, one of them distrusted', machine(@OFF, root => [$new, $third], disallowed => [$new]), 'OK', 'third', 'roots.present');
judged('itself, distrusted, and another', machine(@OFF, root => [$old, $new], disallowed => [$old]), 'OK', 'new', 'roots.present');
judged('itself, distrusted, alone', machine(@OFF, root => [$old], disallowed => [$old]), 'CRITICAL', 'new', 'roots.missing');
judged('all distrusted', machine(@OFF, root => [$old, $new, $third], disallowed => [$old, $new, $third]), 'CRITICAL', 'old', 'roots.disallowed');

# --- The plan ---

SKIP: {
    -x (plugin_path('check_scp') // '') or skip 'check_scp is not built', 1;
    ($r) = judged('the diagnosis, none of them', machine(@OFF), 'CRITICAL', 'old', 'roots.missing', 'check_scp');
    is(join(' / ', map { $_->{what} } @{ $r->{json}{facts}{plan} }), 'import The old root into LocalMachine\Root', 'one is imported, the preferred');
    ($r) = judged('the diagnosis, itself, distrusted', machine(@OFF, root => [$old], disallowed => [$old]), 'CRITICAL', 'new', 'roots.missing', 'check_scp');
    is(join(' / ', map { $_->{what} } @{ $r->{json}{facts}{plan} }), 'import The new root into LocalMachine\Root', 'another is imported');
}

# --- Wrong profiles ---

for my $bad (['an alias that is none', section('old', $old, 'required', "any_of = nobody\n"), qr/line \d+: \[root old\]: any_of: not the alias of another root/],
    ['itself', section('old', $old, 'required', "any_of = old\n"), qr/not the alias of another root/],
    ['of an issuing authority', section('old', $old, 'required') . (section('x', $new, 'required', "any_of = old\n") =~ s/\[root x\]/[ca x]/r), qr/\[ca x\]: any_of is for roots/]) {
    my $file = save('bad' . ++$files . '.ini', $HEAD . $bad->[1]);
    my $q = run([$NAME, "--profile=$file", '-R', '/dev/null']);
    is($q->{code}, 3, "any_of = $bad->[0]: UNKNOWN");
    like($q->{out}, $bad->[2], "... and why");
}

done_testing();
