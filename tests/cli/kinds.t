#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Situations of servers of which nobody would think who makes one server at a time: what is only recommended, and evidence of two.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Digest::SHA qw(sha1);
use Pki;
use Scp;
use TrustList;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my ($NOW, $DAY, $files) = (time, 86_400, 0);
my $w = world();
my $other = certificate(cn => 'Other Root', not_after => $NOW + 900 * $DAY, not_before => $NOW - 900 * $DAY);
my %profile = map { $_ => save("$_.ini", profile($w) . "\n[root other]\nsha1 = " . fingerprint($other) . "\nname = Other Root\nlevel = $_\n", $NOW) }
    qw(recommended required);

# A server, as a file; the paths in it changed by a function where one is given.
sub bytes
{
    my ($r, $rename) = @_;
    return windows_export({ map { ($rename ? $rename->($_) : $_) => $r->{$_} } keys %$r });
}
sub file { return save('case' . ++$files . '.reg', join('', @_), $NOW - 3600) }
sub with_other
{
    my ($r, @properties) = @_;
    put_certificate($r, SYSTEM_CERTIFICATES . '\AuthRoot', $other, [3, sha1($other)], @properties);
    return $r;
}
sub judge_by { my ($level, @o) = @_; return [$NAME, "--profile=$profile{$level}", '--skip=revocation', '--skip=status', (map { ref $_ ? ('-R', file(bytes($_))) : $_ } @o), '-v'] }
sub cause { my ($r, $part) = @_; return $r->{json}{facts}{causes}{$part}{state} }

# --- What is only recommended is no cause, and never CRITICAL ---

my $trusted = trust_list(kind => 'trusted', this_update => $NOW - 5 * $DAY, entries => [map { list_entry($_) } $w->{root}{der}, $other]);
my $denied = trust_list(kind => 'disallowed', this_update => $NOW - 3 * $DAY, entries => [disallowed_entry($other)]);
sub server { my (@o) = @_; my $r = scp_registry($w, @o); $r->{ AUTO_UPDATE() }{EncodedCtl} = reg_binary($trusted); return $r }
my $chain_engine = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config';
for my $case (
    ['distrusted', 'roots.disallowed', sub { put_certificate($_[0], SYSTEM_CERTIFICATES . '\Disallowed', $other); $_[0] }],
    ['distrusted by a list', 'list.root-disallowed', sub { $_[0]{ AUTO_UPDATE() }{DisallowedCertEncodedCtl} = reg_binary($denied); $_[0] }],
    ['disabled', 'roots.disabled', sub { with_other($_[0], [104, filetime($NOW - $DAY)]) }],
    ['for another purpose', 'roots.purpose', sub { with_other($_[0], [9, eku(EMAIL)]) }],
) {
    my ($name, $id, $change) = @$case;
    my $r = verdict("a recommended root, $name", judge_by('recommended', $change->(with_other(server()))), 'WARNING', { $id => 'WARNING' });
    is(cause($r, 'roots'), 'absent', "$name: no cause");
    $r = verdict("a required one, $name", judge_by('required', $change->(with_other(server()))), 'CRITICAL', { $id => 'CRITICAL' });
    is(cause($r, 'roots'), 'present', "$name: a cause");
}

# --- Evidence of two servers in one file ---

my ($MACHINE, $NAME_OF) = ('HKEY_LOCAL_MACHINE\SOFTWARE', 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName');
sub called { my ($name, $r) = @_; return { %$r, $NAME_OF => { ComputerName => reg_sz($name) } } }
sub broken { return scp_registry($w, root => 0, update => 'off') }
my @healthy = ('--severity=roots.recommended-missing=ok', '--severity=list.root-unlisted=ok');
for my $case (['of two names', called(SCP01 => broken()), called(SCP02 => scp_registry($w))], ['that bear no name', broken(), scp_registry($w)], ['the other way round', scp_registry($w), broken()]) {
    my ($name, @servers) = @$case;
    my $r = verdict("two servers, $name, joined", [@{ judge_by('recommended', '-R', file(map { bytes($_) } @servers)) }], 'UNKNOWN', { 'source.contradiction' => 'UNKNOWN' });
    like($r->{plain}{out}, qr/\.reg and \S+\.reg \(export 2 in it\) /, 'and which export it is');
    # What reg query prints has no header.
    $r = verdict("two servers, $name, reg query's text joined", [@{ judge_by('recommended', '-R', file(map { reg_query_text($_) } @servers)) }], 'UNKNOWN', { 'source.contradiction' => 'UNKNOWN' });
    like($r->{plain}{out}, qr/\(export 2 in it\) /, 'and which it is');
}
verdict('reg query, twice of one server', [@{ judge_by('recommended', '-R', file(map { reg_query_text($_) } (scp_registry($w)) x 2)) }, @healthy], 'OK', { 'source.contradiction' => undef });
verdict('reg query, of a key and of one below it', [@{ judge_by('recommended', '-R', file(reg_query_text(scp_registry($w)), reg_query_text(only_keys(scp_registry($w), SYSTEM_CERTIFICATES)))) }, @healthy], 'OK', { 'source.contradiction' => undef });
{
    my $all = scp_registry($w);
    my %part;
    push @{ $part{ /Policies/ ? 1 : /Certificates/ ? 2 : 3 } }, $_ for sort keys %$all;
    my @parts = map { my $p = $_; bytes({ map { $_ => $all->{$_} } @{ $part{$p} } }) } 1 .. 3;
    verdict('one server in three exports, joined', [@{ judge_by('recommended', '-R', file(@parts)) }, @healthy], 'OK', { 'source.contradiction' => undef, 'source.age' => undef });
    verdict('the same export twice', [@{ judge_by('recommended', '-R', file(bytes($all), bytes($all))) }, @healthy], 'OK', { 'source.repeated' => 'OK' });
    my $r = verdict('an old file is old once', [@{ judge_by('recommended', '-R', file(@parts)) }, @healthy, '--max-age=30m'], 'WARNING', { 'source.stale' => 'WARNING' });
    is(scalar finding($r, 'source.stale'), 1, 'not for each export');
    verdict('seventeen exports', judge_by('recommended', '-R', file((bytes({ $MACHINE => {} })) x 17)), 'UNKNOWN', { 'source.unreadable' => 'UNKNOWN' }, qr/more than 16 exports/);
}
sub loaded { my ($r, $as) = @_; return { map { s/\A\Q$MACHINE\E/HKEY_LOCAL_MACHINE\\$as/r => $r->{$_} } grep { /\A\Q$MACHINE\E/ } keys %$r } }
for my $as (qw(AN_OFFLINE_HIVE ZZZ)) {
    my $r = verdict("a healthy machine's hive loaded as $as beside one's own", judge_by('recommended', { %{ broken() }, %{ loaded(scp_registry($w), $as) } }), 'UNKNOWN', { 'source.unrecognised' => 'UNKNOWN' });
    like($r->{plain}{out}, qr/two machines, HKLM\\SOFTWARE and the one below HKLM\\$as/, 'and both are named');
}
verdict('two that were loaded', judge_by('recommended', { %{ loaded(broken(), 'ONE') }, %{ loaded(scp_registry($w), 'TWO') } }), 'UNKNOWN', { 'source.unrecognised' => 'UNKNOWN' });
verdict('one that was loaded, alone', [@{ judge_by('recommended', loaded(scp_registry($w), 'ONE')) }, @healthy], 'OK', { 'source.unrecognised' => undef });

# --- Status messages of another server ---

{
    my $said = sub { my ($machine) = @_; return save('messages' . ++$files . '.csv', "MessageID,MachineName,Time\n"
        . join('', map { "9605,$machine," . POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $NOW - 600 * $_) . "\n" } 1 .. 5), $NOW - 60) };
    my $own = file(bytes(called(SCP01 => scp_registry($w))));
    my @status = ('check_scp_status', '-R', $own, '--no-environment');
    for my $machine (qw(SCP01 scp01.contoso.example), '\\\\SCP01', '') {
        verdict("messages of '$machine'", [@status, '--messages=' . $said->($machine)], 'CRITICAL', { 'messages.upload-failed' => 'CRITICAL', 'messages.other-server' => undef });
    }
    verdict('messages of another server', [@status, '--messages=' . $said->('SCP02.contoso.example')], 'UNKNOWN',
        { 'messages.other-server' => 'UNKNOWN', 'messages.upload-failed' => undef, 'messages.clean' => undef }, qr/5 status messages .* are of SCP02.contoso.example, and the registry is SCP01's/);
    my $r = verdict('in the diagnosis', [$NAME, "--profile=$profile{recommended}", '--skip=revocation', '-R', $own, '--messages=' . $said->('SCP02'), @healthy, '-v'], 'UNKNOWN',
        { 'messages.other-server' => 'UNKNOWN', 'diagnosis.unexplained' => undef });
    is($r->{json}{facts}{symptoms}{msg_9605}{state}, 'unknown', 'the symptom is not known');
    verdict('a registry without a name', ['check_scp_status', '-R', file(bytes(scp_registry($w))), '--no-environment', '--messages=' . $said->('SCP02')], 'CRITICAL', { 'messages.other-server' => undef });
    my $log = save('other.log', join('', map { DemoWorld::log_line($_, 'STATMSG: ID=9607 SEV=E LEV=M SOURCE="SMS Server" COMP="SMS_DMP_UPLOADER" SYS=SCP02.CONTOSO.EXAMPLE SITE=P01 PID=1 TID=2 '
        . POSIX::strftime('GMTDATE=%a %b %d %H:%M:%S.000 %Y', gmtime $NOW - $_) . ' ISTR0="" NUMATTRS=0') } 600, 300), $NOW);
    verdict('in a log', [@status, "--log=$log"], 'UNKNOWN', { 'messages.other-server' => 'UNKNOWN', 'messages.upload-exception' => undef });
}

# --- One of several issuing CAs is refused: the service may use it ---

{
    my $second = certificate_of($w->{cross}, 'Demo TLS CA OCSP 04', key => 'rsa', from => $NOW - 90 * $DAY, to => $NOW + 900 * $DAY,
        ext => DemoWorld::ca_extensions(',pathlen:0', 'http://a.example/x.crl', 'http://a.example/ocsp', 'http://a.example/x.crt'));
    my $text = profile($w) =~ s/^(any_of = \S+)/"$1 " . fingerprint($second->{der})/mre;
    my $two = save('two.ini', $text =~ s/(?=^\[family)/DemoWorld::certificate_section('ca', 'demo-04', $second)/mre, $NOW);
    my $put = sub { my ($r, $store, @properties) = @_; put_certificate($r, SYSTEM_CERTIFICATES . "\\$store", $second->{der}, [3, sha1($second->{der})], @properties); return $r };
    my $lists = trust_list(kind => 'disallowed', this_update => $NOW - 3 * $DAY, entries => [disallowed_entry($second->{der})]);
    my $listed = $put->(scp_registry($w), 'CA');
    $listed->{ AUTO_UPDATE() }{DisallowedCertEncodedCtl} = reg_binary($lists);
    for my $case (['distrusted', $put->($put->(scp_registry($w), 'CA'), 'Disallowed'), qr/certutil -delstore Disallowed/], ['distrusted and not there', $put->(scp_registry($w), 'Disallowed'), qr/certutil -delstore Disallowed/],
        ['on a list', $listed, qr/do not override/], ['for another purpose', $put->(scp_registry($w), 'CA', [9, eku(EMAIL)]), qr/Enable all purposes/]) {
        my ($name, $registry, $remedy) = @$case;
        my $r = verdict("an issuing CA of two, $name", ['check_scp_intermediates', "--profile=$two", '-R', file(bytes($registry))], 'WARNING', { 'intermediates.member-refused' => 'WARNING', 'intermediates.chains' => 'OK' }, qr/Demo TLS CA OCSP 04 .* is refused here/);
        like((finding($r, 'intermediates.member-refused'))[0]{remedy}, $remedy, "$name: what to do");
        is(cause(run_json([$NAME, "--profile=$two", '--skip=revocation', '--skip=status', '-R', file(bytes($registry)), '-v']), 'intermediates'), 'absent', "$name: no cause, for another one chains");
    }
    verdict('both are there', ['check_scp_intermediates', "--profile=$two", '-R', file(bytes($put->(scp_registry($w), 'CA')))], 'OK', { 'intermediates.member-refused' => undef });
    verdict('one is there', ['check_scp_intermediates', "--profile=$two", '-R', file(bytes(scp_registry($w)))], 'OK', { 'intermediates.member-refused' => undef });
}

done_testing;
