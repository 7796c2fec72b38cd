#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# scp.exe under Wine: Windows' own events as evidence.  Wine has no event log: a wevtapi.dll that stands in serves files.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Scp;
use Test::More;
use Wine;

require_exe();
defined which('openssl') or plan skip_all => 'no openssl';
require_wine();

my $PROGRAM = scratch('scp.exe');
write_bytes($PROGRAM, slurp($EXE));
is(system('x86_64-w64-mingw32-gcc', '-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-D_WIN32_WINNT=0x0601', '-o',
    scratch('wevtapi.dll'), "$SOURCE/tests/interop/events_program.c", '-ladvapi32'), 0, 'what stands in for wevtapi.dll') or BAIL_OUT('no wevtapi.dll');
$ENV{WINEDLLOVERRIDES} = 'wevtapi=n';
my $FOLDER = scratch('events');
mkdir $FOLDER;
$ENV{SCP_EVENTS} = windows_path($FOLDER);

# --- A server whose intermediates come when Windows needs them ---

my $now = time;
my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000]);
my %AIA = (aia => 'http://aia.test/middle.crt');
my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, days => [-300, 1000]);
my $issuing = cert('Issuing 1', 'Middle', 'one', 'middle', ca => 1, pathlen => 0, days => [-300, 900], %AIA);
my $other = cert('Other 1', 'Root', 'other', 'root', ca => 1, pathlen => 0, days => [-300, 900]);
my %URL = ('issuing-1' => 'http://aia.test/one%20x.crt', middle => 'http://aia.test/middle.crt');
my $text = family_text(any => { 'issuing-1' => $issuing }, via => { middle => $middle }, root => $root, url => \%URL)
    . "[ca other-1]\nsha1 = " . fingerprint($other) . "\nname = Other 1\nlevel = recommended\nsource = the test suite\n"
    . "[family other]\nlevel = recommended\nname = Others\nany_of = other-1\nanchor = test-root\nsource = the test suite\n";
$text .= "[endpoint $_->[0]]\nhost = aia.test\nurl = $_->[1]\nkind = aia\nsha1 = " . fingerprint($_->[2]) . "\nlevel = recommended\nmax_size = 64K\n"
    for ['aia_one', $URL{'issuing-1'}, $issuing], ['aia_middle', $URL{middle}, $middle];
$text .= "[endpoint sccm]\nhost = sccm.manage.test\nkind = tls\nissuers = middle\nlevel = recommended\nsource = the test suite\n"
    . "[issuer middle]\nsubject_der = " . encode_base64(name_der('Middle'), '') . "\nspki_der = " . encode_base64(Chain::spki('middle'), '') . "\n";
my $profile = save('events.ini', $text);
my %server = %{ machine(root => [$root], sync => $now - 3600) };
is(wine('reg', 'import', windows_path(save('server.reg', windows_export(\%server))))->{code}, 0, 'the registry is filled') or BAIL_OUT('no registry');
my $written = time;

# --- Events ---

my $files = 0;
sub clear { unlink glob "'$FOLDER'/*"; $files = 0; return }
sub event
{
    my ($id, $data, %o) = (@_);
    my $time = strftime('%Y-%m-%dT%H:%M:%S', gmtime($o{at} // $written + 2)) . '.1234567Z';
    my ($user, $process) = ($o{user} // 'S-1-5-18', $o{process} // 4);
    return write_bytes(sprintf('%s/%04d.xml', $FOLDER, ++$files), "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        . "<Provider Name='Microsoft-Windows-CAPI2'/><EventID>$id</EventID><TimeCreated SystemTime='$time'/><Execution ProcessID='$process' ThreadID='1'/>"
        . "<Channel>Microsoft-Windows-CAPI2/Operational</Channel><Computer>x</Computer><Security UserID='$user'/></System><UserData>$data</UserData></Event>");
}
sub fetched
{
    my ($url, $result, %o) = @_;
    my $program = $o{program} // 'smsexec.exe';
    return event(53, "<CryptRetrieveObjectByUrlWire><URL scheme='http'>$url</URL><EventAuxInfo ProcessName='$program'/><Result value='$result'/></CryptRetrieveObjectByUrlWire>", %o);
}
sub element { my ($der, $name) = @_; return sprintf q(<Certificate fileRef='%s.cer' subjectName='%s'/>), length $der == 40 ? $der : fingerprint($der), $name }
sub built
{
    my ($result, $chain, %o) = @_;
    my ($first, @all) = map { element(@$_) } $chain->[0], @$chain;
    return event(11, "<CertGetCertificateChain>$first<CertificateChain>" . join('', map { "<ChainElement>$_</ChainElement>" } @all)
        . "</CertificateChain><EventAuxInfo ProcessName='smsexec.exe'/><Result value='$result'/></CertGetCertificateChain>", %o);
}

# check_scp of the live registry: no network, so that the events alone tell of it.
sub diagnose
{
    my (@more) = @_;
    select undef, undef, undef, 0.3 while time <= $written + 2;
    my $r = wine($PROGRAM, 'check_scp', '-t', '60', '-o', 'json', '-v', "--profile=$profile", '--skip=revocation', '--no-environment', @more);
    my $json = eval { JSON::PP->new->utf8->decode($r->{out}) } or diag($r->{out});
    return $json;
}
sub state_of { my ($json, $id) = @_; my ($f) = grep { $_->{id} eq $id } @{ $json->{findings} }; return $f ? $f->{state} : 'none' }
sub cause { my ($json) = @_; return $json->{facts}{causes}{intermediates}{state} }

my $json = diagnose();
is($json->{facts}{events}{state}, 'read', 'an empty log was read');
is(cause($json), 'unknown', 'and says nothing: cause 3 is unknown');
is($json->{facts}{events}{read}, 0, 'no event');
like($json->{facts}{events}{stores_changed} // '', qr/\A\d{4}-/, 'when the stores were written last is known');

fetched($_, '0') for values %URL;
$json = diagnose();
is(cause($json), 'absent', 'Windows itself fetched both: cause 3 is absent');
is($json->{facts}{events}{counted}, 2, 'two events count');
is(state_of($json, 'events.fetched'), 'OK', 'it is said');

clear();
fetched($URL{middle}, '0') for 1 .. 2;
is(cause(diagnose()), 'unknown', 'one of them alone proves nothing of the other');
clear();
fetched($_, '0') for values %URL;
fetched($URL{middle}, '2EE7', at => $written + 3);
$json = diagnose();
is(cause($json), 'unknown', 'the last time it could not: unknown');
is(state_of($json, 'events.fetch-failed'), 'WARNING', 'and WARNING');

for my $case (['of another program', program => 'lsass.exe'], ['of another account', user => 'S-1-5-21-1-2-3-500'],
    ['of a service that is not running', program => 'svchost.exe', user => 'S-1-5-20'], ['from before the stores were written', at => $written - 60],
    ['older than a day', at => $now - 86400 - 60]) {
    my ($what, %o) = @$case;
    clear();
    fetched($_, '0', %o) for values %URL;
    $json = diagnose();
    is(cause($json), 'unknown', "$what: no evidence");
    is($json->{facts}{events}{counted}, 0, "$what: none counts");
    is(state_of($json, 'events.passed-over'), 'OK', "$what: a remark");
}

# --- Chains, and the issuer in place of the inference ---

clear();
$json = diagnose();
is(state_of($json, 'intermediates.inference'), 'OK', 'without an event it is an inference');
built('0', [['A' x 40, 'sccm.manage.test'], [$other, 'Other 1'], [$root, 'Root']]);
$json = diagnose();
is(state_of($json, 'events.issuer'), 'OK', 'the issuer is named');
is(state_of($json, 'intermediates.inference'), 'none', 'in place of the inference');
ok((grep { $_->{id} eq 'intermediates.by-aia' || $_->{id} eq 'intermediates.missing' } grep { $_->{subject} eq 'other' } @{ $json->{findings} }),
    'the family of that issuer is required') or diag(join ' ', map { "$_->{id}/$_->{subject}" } @{ $json->{findings} });
clear();
built('800B0109', [['A' x 40, '*.manage.test'], ['B' x 40, 'Corporate CA']]);
$json = diagnose();
is(state_of($json, 'events.chain-failed'), 'WARNING', 'Windows refused the chain');
is(state_of($json, 'events.issuer-unknown'), 'WARNING', 'of an issuer that nobody knows');

# --- Logs that tell nothing, and hostile ones ---

clear();
for my $state ('off', 'denied') {
    fetched($_, '0') for values %URL;
    write_bytes("$FOLDER/$state", '');
    $json = diagnose();
    is($json->{facts}{events}{state}, $state, "the log: $state");
    is(cause($json), 'unknown', "$state: no evidence");
    clear();
}
write_bytes("$FOLDER/0001.xml", $_->[1]), $files = 1, fetched($_->[2], '0'), $json = diagnose(), is($json->{facts}{events}{malformed}, 1, "$_->[0]: malformed"),
    is($json->{facts}{events}{counted}, 1, 'and the next one counts'), clear()
    for map { [@$_, $URL{middle}] } ['a declaration', '<!DOCTYPE Event [<!ENTITY a "b">]><Event/>'], ['cut', '<Event><System'], ['no text', "\xFF\xFE\0\1"],
    ['deep', '<a>' x 5000];
write_bytes("$FOLDER/0001.xml", '<Event>' . ' ' x 2_000_000 . '</Event>');
$json = diagnose();
is($json->{facts}{events}{read}, 1, 'one that is too large was there');
is(cause($json), 'unknown', 'and proves nothing');
clear();
delete $ENV{SCP_EVENTS};
$json = diagnose();
is($json->{facts}{events}{state}, 'unreadable', 'no such log');
ok($json->{facts}{events}{detail} ne '', "says so: $json->{facts}{events}{detail}");

done_testing();
