#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_revocation with no option at all, behind no firewall: every host of the built-in profile answers by its real name,
# on port 80, in a network of its own.  Twice: the program as it is linked here but with the issuers' keys of stand-ins (whose
# objects can be made), all good; and the shipped one, which believes what is Microsoft's and DigiCert's and nothing else.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Pki;
use Scp;
use Test::More;
use TrustList;

my $plugin = plugin_path('check_scp_revocation') // '';
-x $plugin or plan skip_all => 'check_scp_revocation is not built';
which('openssl') && which('unshare') or plan skip_all => 'openssl or unshare is not installed';

my $build = $plugin =~ s{/plugins/[^/]*\z}{}r;
my $now = time;
my @internet = ($^X, "$SOURCE/examples/pretend-internet");
delete @ENV{qw(http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY)};

# --- What is asked where, of the program itself ---

my @asked;    # { id, kind, host, path }
for (split /\n/, run(['check_scp_revocation', '--list-endpoints'])->{out}) {
    my ($id, $kind, $host, $path) = m{\A(\S+) +(crl|ocsp|ctl|aia|http) .* http://([^/ ]+)(\S*)\z} or next;
    push @asked, { id => $id, kind => $kind, host => $host, path => $path };
}
is(scalar @asked, 16, 'sixteen endpoints');

# --- What they serve ---

my %ISSUER = (crl3 => 'digicert-global-root-g2', crl4 => 'digicert-global-root-g2', ocsp_dc => 'digicert-global-root-g2',
    oneocsp => 'microsoft-tls-rsa-root-g2-xsign',
    pkiops_crl => 'microsoft-tls-rsa-root-g2-xsign', crl2_ms => 'microsoft-tls-rsa-root-g2-xsign', crl_ms => 'microsoft-root-certificate-authority-2010',
    dtrust_crl => 'd-trust-root-class-3-ca-2-2009', dtrust_ocsp => 'd-trust-root-class-3-ca-2-2009');
my %SERIAL = (ocsp_dc => '0b0c6b2c466917b04773c647d4afc0c8', oneocsp => '330000000c4964a16f44203b2200000000000c',
    dtrust_ocsp => '099063');
my %AIA = (aia_dc => 'DF3C24F9BFD666761B268073FE06D1CC8D4F82A4', aia_ms => 'B5EE89E77326AB2BF1775BD99C19A28947FF8184',
    aia_pkiops => 'F8A408B8FBEEA077B75738658641BE77154720EB');
my %ca;
$ca{$_} //= authority("Stand-in $_", key => 'rsa') for sort values %ISSUER;

# A file below the folder that pretend-internet serves, named as in the URL.
sub put
{
    my ($world, $e, $bytes) = @_;
    my $file = "$world/www/$e->{host}" . ($e->{path} eq '' || $e->{path} eq '/' ? '/index' : $e->{path});
    system('mkdir', '-p', $file =~ s{/[^/]*\z}{}r) == 0 or die 'mkdir';
    return write_bytes($file, $bytes);
}

sub put_responder
{
    my ($world, $e) = @_;
    my $ca = $ca{ $ISSUER{ $e->{id} } };
    my $delegate = certificate_of($ca, 'responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
    my $folder = "$world/ocsp/$e->{host}";
    my $index = ocsp_index([$SERIAL{ $e->{id} }, 'V']);
    system('mkdir', '-p', $folder) == 0 or die 'mkdir';
    write_bytes("$folder/ca.pem", $ca->{pem});
    write_bytes("$folder/signer.pem", $delegate->{pem});
    write_bytes("$folder/signer.key", slurp($delegate->{key}));
    write_bytes("$folder/index.txt", slurp($index));
    return write_bytes("$folder/index.txt.attr", slurp("$index.attr"));
}

# The issuers' certificates are the real ones: their hashes are in the profile.
sub issuer_certificate
{
    my ($id) = @_;
    my $pem = shared_file("certs/$AIA{$id}.pem") // return undef;
    return run_openssl('x509', '-in', $pem, '-outform', 'DER');
}

my %LIST = (
    ctldl => cabinet('authroot.stl' => trust_list(this_update => $now - 5 * 86_400,
    entries => [map { list_entry(pack 'N5', $_, 0, 0, 0, 1) } 1 .. 300])),
    ctldl_dis => cabinet('disallowedcert.stl' => trust_list(kind => 'disallowed', this_update => $now - 90 * 86_400,
        entries => [map { list_entry(pack 'N8', $_, (0) x 7) } 1 .. 80])),
);

sub world
{
    my ($name, %served) = @_;
    my $world = scratch($name);
    for my $e (@asked) {
        my $id = $e->{id};
        my $bytes = exists $served{$id} ? $served{$id}
            : $e->{kind} eq 'crl' ? crl($ca{ $ISSUER{$id} },
                revoked => [map { [sprintf('%x', 0x100000 + $_ * 7), $now - $_ * 3600, 1] } 1 .. 200])
            : $e->{kind} eq 'aia' ? issuer_certificate($id) : $e->{kind} eq 'ctl' ? $LIST{$id} : $e->{kind} eq 'http' ? "here\n"
                : undef;
        $e->{kind} eq 'ocsp' ? put_responder($world, $e) : defined $bytes ? put($world, $e, $bytes) : 0;
    }
    return $world;
}

# --- The program with the stand-ins' keys in its built-in profile: the objects of this build, linked once more ---

sub make_variable
{
    my ($name) = @_;
    my ($value) = slurp("$build/Makefile") =~ /^\Q$name\E = *(.*)$/m;
    return grep { length } split ' ', $value // '';
}

sub relinked
{
    my $data = scratch('data');
    my ($c, $o, $program) = map { scratch("profile_builtin.$_") } qw(c o program);
    system('cp', '-r', "$SOURCE/data", $data) == 0 or die 'cp';
    write_bytes("$data/scp.ini", join "\n", slurp("$data/scp.ini"), (map { issuer_section($_, $ca{$_}) } sort keys %ca),
        list_anchor());
    system("cd '$data' && awk -f embed.awk common.ini scp.ini article.ini entra.ini exchange.ini >'$c'") == 0 or die 'awk';
    my @cc = (make_variable('CC'), make_variable('CFLAGS'), make_variable('SCP_CFLAGS'));
    my @libraries = map { make_variable($_) } qw(HIVEX_LIBS MSPACK_LIBS NETWORK_LIBS CRYPTO_LIBS LIBS);
    my $log = scratch('cc.log');
    return system("@cc -I'$SOURCE/lib' -c -o '$o' '$c' >'$log' 2>&1 && @cc @{[make_variable('SCP_LDFLAGS')]} -o '$program' "
            . "'$build/plugins/check_scp_revocation.o' '$o' '$build/lib/libscp.a' @libraries -lm >>'$log' 2>&1") == 0 ? $program
            : do { diag(slurp($log)); undef };
}

# As a person at a terminal runs it: what was drawn, without the colors and the progress in front.
sub at_terminal
{
    my ($world, $program) = @_;
    my $out = scratch('typescript');
    my $rc = system("script -qec \"stty cols 80; @internet '$world' '$program'\" /dev/null >'$out' 2>/dev/null </dev/null") >> 8;
    return ($rc, slurp($out) =~ s/\e\[[\d;]*m//gr =~ s/\r\n/\n/gr =~ s/.*\r *(?=SCP)//sr);
}

my $empty = scratch('nothing');
mkdir $empty;
system("@internet '$empty' true >/dev/null 2>&1") == 0 or do { note('no private network namespace here'); done_testing(); exit };

SKIP: {
    which('script') or skip 'script is not installed', 5;
    shared_file("certs/$AIA{aia_dc}.pem") or skip 'no shared test data (SCP_SHARED)', 5;
    -e "$build/plugins/check_scp_revocation.o" && -e "$build/Makefile" or skip 'not in a build tree', 5;
    my $program = relinked();
    ok(defined $program, 'linked with stand-ins\' keys in the profile') or skip 'not linked', 4;
    my $world = world('good');
    my ($before, $rc, $text);
    for (1 .. 10) {    # without options there is no more time on a machine that has other work
        $before = stalled();
        ($rc, $text) = at_terminal($world, $program);
        last if $rc == 0 || stalled() - $before < 0.1;
    }
    $rc == 1 && $text =~ /revocation\.slow/ && stalled() - $before >= 0.1 and skip 'other work keeps this machine from answering within two seconds', 4;
    is($rc, 0, 'no option at all, behind no firewall: OK');
    like($text, qr/\ASCP REVOCATION OK \(from \S+\)\n  12 of 12 endpoints valid, soonest expiry /, 'in words');
    my @rows = $text =~ /^  \xE2\x9C\x93 (\S.*?) +(crl|ocsp|ctl|aia|http) /mg;
    is(scalar(@rows) / 2, 16, 'a table with a row per live host, all good') or diag($text);
    unlike($text, qr/^  (?:!|\?|-|\xE2\x9C\x97) /m, 'and none that is not') or diag($text);
}

# --- The shipped program: what is real is believed, what only looks so is not ---

{
    my $list = shared_file('trust-lists/authrootstl-2025-06-16.cab');
    my $out = scratch('shipped.json');
    system("@internet '" . world('shipped', $list ? (ctldl => slurp($list)) : ()) . "' '$plugin' -o json -v >'$out' 2>&1");
    my $json = eval { JSON::PP::decode_json(slurp($out)) } // {};
    my %class = map { $_->{id} => $_->{class} // 'unknown' } @{ $json->{facts}{endpoints} // [] };
    is(scalar keys %class, 16, 'the shipped program asks all of them');
    like($class{$_}, qr/\A(?:issuer|signature)\z/, "$_: the stand-in's object is not believed")
        for grep { $ISSUER{$_} } sort keys %class;
    is($class{ctldl_dis}, 'signature', 'nor its list');
    is($class{$_}, 'ok', "$_: reached") for qw(mscrl msocsp);
  SKIP: {
        $list or skip 'no shared test data (SCP_SHARED)', 4;
        is($class{$_}, 'ok', "$_: the real one") for 'ctldl', sort keys %AIA;
    }
    is($json->{state}, 'CRITICAL', 'which is CRITICAL');
}
done_testing();
