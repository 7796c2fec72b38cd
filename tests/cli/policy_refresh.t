#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Snapshots that were taken while group policy wrote its roots anew: it takes them away first, and what is missing in between could
# not be told.  Times of keys are in hives alone.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Logs;
use Said;
use Scp;
use Test::More;

-x (plugin_path('check_scp_roots') // '') or plan skip_all => 'check_scp_roots is not built';

my $root = certificate(cn => 'Test Root', serial => 1);
my $leaf = certificate(cn => 'leaf', issuer => 'Test Root', serial => 2, ca => 0);
my $profile = save('test.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $recommended = save('recommended.ini', profile_text('test-root' => [$root, 'recommended', 'Test Root']));
my @OFF = (policy => { DisableRootAutoUpdate => reg_dword(1) });
my $TAKEN = $NOW - $HOUR;
my $POLICY = 'Policies\Microsoft\SystemCertificates';
my $files = 0;

# A SOFTWARE hive, in which the keys of group policy were written so many seconds before it was taken.
sub hive
{
    my ($registry, %seconds) = @_;
    my $below = { map { /\AHKEY_LOCAL_MACHINE\\SOFTWARE\\(.+)\z/ ? ($1 => $registry->{$_}) : () } keys %$registry };
    return save('hive' . ++$files, hive_bytes($below, name => 'config\SOFTWARE', time => $TAKEN,
        written => { map { $POLICY . $_ => $TAKEN - $seconds{$_} } keys %seconds }));
}
sub between { return { %{ machine(@OFF, @_) }, POLICY_CERTIFICATES . '\Root\Certificates' => {} } }
sub roots { return ['check_scp_roots', "--at=$AT", "--profile=$profile", map { ('-R', $_) } @_] }

my %REFRESH = ('roots.policy-refresh' => 'UNKNOWN', 'roots.missing' => undef, 'roots.on-demand' => undef, 'source.not-covered' => undef);
my %MISSING = ('roots.policy-refresh' => undef, 'roots.missing' => 'CRITICAL');

# --- Which keys, and when ---

for my $case ([0, 1], [1, 1], [299, 1], [300, 0], [301, 0], [$DAY, 0], [-10, 1], [-299, 1], [-300, 0], [-$DAY, 0]) {
    my ($seconds, $fresh) = @$case;
    verdict("written $seconds s before the snapshot", roots(hive(between(), '\Root\Certificates' => $seconds)), $fresh ? 'UNKNOWN' : 'CRITICAL',
        $fresh ? \%REFRESH : \%MISSING);
}
verdict('what Windows could fetch could not be told, either', roots(hive({ %{ machine() }, POLICY_CERTIFICATES . '\Root\Certificates' => {} },
    '\Root\Certificates' => 60)), 'UNKNOWN', \%REFRESH);
verdict('the key itself is away: the one above tells when', roots(hive(machine(@OFF), '\Root' => 60)), 'UNKNOWN', \%REFRESH);
{
    my $registry = machine(@OFF);
    delete $registry->{ POLICY_CERTIFICATES . '\Root' };
    verdict('the whole store is away', roots(hive($registry, '' => 60)), 'UNKNOWN', \%REFRESH);
    delete $registry->{$_} for grep { /\A\Q${\POLICY_CERTIFICATES}\E/ } keys %$registry;
    verdict('a server without such policies', roots(hive({ %$registry, 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft' => {} })), 'WARNING', { 'roots.on-demand' => 'WARNING', 'roots.policy-refresh' => undef });
}
verdict('the key above was written later, for another reason', roots(hive(between(), '\Root\Certificates' => $DAY, '\Root' => 60, '' => 60)),
    'CRITICAL', \%MISSING);
verdict('another store of the policy was written', roots(hive({ %{ between() }, POLICY_CERTIFICATES . '\CA\Certificates' => {} },
    '\CA\Certificates' => 60)), 'CRITICAL', \%MISSING);

# --- What is there is there, and what is distrusted is distrusted ---

my $other = certificate(cn => 'Other Root', serial => 3);
verdict('the root is there, written anew', roots(hive(machine(@OFF, policy_root => [$root]), '\Root\Certificates' => 60)), 'OK',
    { 'roots.policy-only' => 'OK', 'roots.policy-refresh' => undef });
verdict('the root is elsewhere', roots(hive(between(root => [$root]), '\Root\Certificates' => 60)), 'OK',
    { 'roots.present' => 'OK', 'roots.policy-refresh' => undef });
verdict('some roots are back already, this one is not', roots(hive(machine(@OFF, policy_root => [$other]), '\Root\Certificates' => 1)), 'UNKNOWN', \%REFRESH);
verdict('distrusted', roots(hive(between(disallowed => [$root]), '\Root\Certificates' => 60)), 'CRITICAL',
    { 'roots.disallowed' => 'CRITICAL', 'roots.policy-refresh' => 'UNKNOWN' });
verdict('a root that is recommended', ['check_scp_roots', "--at=$AT", "--profile=$recommended", '-R', hive(between(), '\Root\Certificates' => 60)], 'OK',
    { 'roots.recommended-missing' => 'OK', 'roots.policy-refresh' => undef });

# --- Sources without such times, and several ---

verdict('an export as text', roots(save('between.reg', windows_export(between()))), 'CRITICAL', \%MISSING);
{
    my $hive = hive(between(), '\Root\Certificates' => 60);
    my $later = save('later.reg', windows_export(only_keys(between(), POLICY_CERTIFICATES)));
    my $earlier = save('earlier.reg', windows_export(only_keys(between(), POLICY_CERTIFICATES)));
    utime $TAKEN + 1800, $TAKEN + 1800, $later;
    utime $TAKEN - 1800, $TAKEN - 1800, $earlier;
    verdict('a later export of the policies counts, and lacks it, too', roots(@$_), 'CRITICAL', \%MISSING) for [$hive, $later], [$later, $hive];
    verdict('an earlier one does not', roots(@$_), 'UNKNOWN', \%REFRESH) for [$hive, $earlier], [$earlier, $hive];
}

# --- The other plugins ---

SKIP: {
    -x plugin_path('check_scp_intermediates') or skip 'check_scp_intermediates is not built', 1;
    my $file = save('leaf.der', $leaf);
    my @run = ('check_scp_intermediates', "--at=$AT", "--profile=$profile", "--certificate=$file", '-R');
    verdict('a chain to such a root', [@run, hive(between(), '\Root\Certificates' => 60)], 'UNKNOWN',
        { 'intermediates.policy-refresh' => 'UNKNOWN', 'intermediates.root-missing' => undef, 'intermediates.no-path' => undef });
    verdict('a chain to a root that is missing', [@run, hive(between(), '\Root\Certificates' => 600)], 'CRITICAL',
        { 'intermediates.policy-refresh' => undef, 'intermediates.root-missing' => 'CRITICAL' });
    my $own = save('own.ini', profile_text('other-root' => [$other, 'recommended', 'Other Root']));
    @run = ('check_scp_intermediates', "--at=$AT", "--profile=$own", "--certificate=$file", '-R');
    verdict('a root that no profile knows', [@run, hive(between(), '\Root\Certificates' => 60)], 'UNKNOWN', { 'intermediates.policy-refresh' => 'UNKNOWN' });
    verdict('and is missing', [@run, hive(between(), '\Root\Certificates' => 600)], 'CRITICAL', { 'intermediates.no-path' => 'CRITICAL' });
}
SKIP: {
    -x plugin_path('check_scp') or skip 'check_scp is not built', 1;
    my @run = ('check_scp', '-v', "--at=$AT", "--profile=$profile", '--skip=revocation', '-R');
    my $r = verdict('check_scp: a design that is meant', [@run, hive(between(), '\Root\Certificates' => 60), '--expect=disabled'], 'UNKNOWN',
        { 'roots.policy-refresh' => 'UNKNOWN', 'roots.missing' => undef });
    # The same state as with the root in the store.
    verdict("check_scp: one that is not declared, $_->[0]", [@run, hive(@{ $_->[1] })], 'WARNING',
        { 'autoupdate.disabled' => 'WARNING', 'roots.missing' => undef })
        for ['in between', [between(), '\Root\Certificates' => 60]], ['before', [machine(@OFF, policy_root => [$root])]];
    my $causes = $r->{json}{facts}{causes};
    is(join(' ', map { "$_=$causes->{$_}{state}" } qw(autoupdate roots)), 'autoupdate=unknown roots=unknown', 'no cause is present');
    $causes = run_json([@run, hive(between(), '\Root\Certificates' => 600)])->{json}{facts}{causes};
    is($causes->{roots}{state}, 'present', 'it is one where the root is missing');
}

# --- Failures that come with the refresh ---

SKIP: {
    -x plugin_path('check_scp') or skip 'check_scp is not built', 1;
    my $fails = sub {
        my ($name, $registry, $seconds, $text, $beside) = @_;
        my $log = save('dmpuploader.log', defined $seconds ? entry_new($TAKEN - 600 + $seconds, $text) : entry_new($TAKEN - 600, 'nothing of note'));
        my $r = verdict("check_scp: $name", ['check_scp', '-v', "--at=$AT", "--profile=$profile", '--skip=revocation', "--log=$log", '-R', $registry], 'WARNING',
            { 'diagnosis.policy-refresh' => $beside ? 'WARNING' : undef });
        is_deeply([map { $_->{what} } @{ $r->{json}{facts}{beside} }], [$beside ? 'policy-refresh' : ()], "$name: what explains it");
        return $r;
    };
    my @only = (hive(machine(@OFF, policy_root => [$root]), '\Root\Certificates' => 600));
    my $r = $fails->("a failure $_ s after the refresh", @only, $_, $CHAIN, $_ >= -60 && $_ < 300) for -61, -60, 300, 299, 0;
    $r = $fails->('a failure just after the refresh', @only, 20, $CHAIN, 1);
    like((finding($r, 'diagnosis.policy-refresh'))[0]{remedy}, qr/Group Policy Preferences that write SystemCertificates\\ROOT/, 'and what is to be done');
    like((finding($r, 'diagnosis.policy-refresh'))[0]{text}, qr/likely/, 'which is no certainty');
    $fails->('no failure', @only, undef, '', 0);
    $fails->('another failure', @only, 20, $NAME_MISMATCH, 0);
    $fails->('the root lies elsewhere, too', hive(machine(@OFF, policy_root => [$root], root => [$root]), '\Root\Certificates' => 600), 20, $CHAIN, 0);
    $fails->('an export without times', save('only.reg', windows_export(machine(@OFF, policy_root => [$root]))), 20, $CHAIN, 0);
}

# --- The same times by a program that is not ours ---

SKIP: {
    my $hivexml = which('hivexml') or skip 'hivexml is not installed', 1;
    my $shown = qx($hivexml ${\hive(between(), '\Root\Certificates' => 61)});
    like($shown, qr/<hive><mtime>2026-11-23T11:00:00Z<.*<node name="Certificates"><mtime>2026-11-23T10:58:59Z</s, 'hivexml reads the same times');
}

done_testing();
