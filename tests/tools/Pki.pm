# SPDX-License-Identifier: GPL-3.0-or-later
#
# A public key infrastructure for tests, made by openssl: authorities, certificates, OCSP answers; CRLs are encoded here, so
# that they can be wrong in any way asked for.  And a web server on loopback that says what it is told.  Core modules only.
package Pki;

use strict;
use warnings;
use Exporter qw(import);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Socket qw(SO_LINGER SOL_SOCKET);
use lib do { require File::Basename; File::Basename::dirname(__FILE__) };
use Scp;
use Servers qw(start_program);

our @EXPORT = qw(authority certificate_of subject_der spki_der issuer_section endpoint_section crl ocsp_answer ocsp_later ocsp_index web pki_dir run_openssl);

my $dir = tempdir('pki-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
my $made = 0;
sub pki_dir { return $dir }

sub run_openssl { return openssl(undef, @_) }

# Between the two forms of a certificate.
sub pem_of { my ($der) = @_; return "-----BEGIN CERTIFICATE-----\n" . encode_base64($der) . "-----END CERTIFICATE-----\n" }
sub der_of { my ($file) = @_; return (pem_certificates(slurp($file)))[0] }

my %KEY = (
    ec => ['EC', 'ec_paramgen_curve:P-256'], ec384 => ['EC', 'ec_paramgen_curve:P-384'],
    ec192 => ['EC', 'ec_paramgen_curve:P-192'], ec224 => ['EC', 'ec_paramgen_curve:P-224'],
    rsa512 => ['RSA', 'rsa_keygen_bits:512'], rsa1024 => ['RSA', 'rsa_keygen_bits:1024'],
    rsa => ['RSA', 'rsa_keygen_bits:2048'], rsa4096 => ['RSA', 'rsa_keygen_bits:4096'],
);

sub new_key
{
    my ($kind) = @_;
    my $file = sprintf '%s/key%d.pem', $dir, ++$made;
    my ($algorithm, $option) = @{ $KEY{$kind} };
    write_bytes($file, run_openssl('genpkey', '-algorithm', $algorithm, '-pkeyopt', $option));
    return $file;
}

# The same certificate with another validity (unix times; undef: as it is), signed by `$signer`; the clock of the day on which
# a test runs plays no part then.
sub redated
{
    my ($file, $signer, $from, $to) = @_;
    my (undef, $certificate) = der_next(der_of($file));
    my (undef, $tbs, undef, $rest) = der_next($certificate);
    my @parts;
    while (length $tbs) {
        (undef, undef, my $whole, $tbs) = der_next($tbs);
        push @parts, $whole;
    }
    $parts[4] = der_tlv(0x30, crl_time($from), crl_time($to));
    my (undef, undef, $algorithm) = der_next($rest);
    my $signed = der_tlv(0x30, @parts);
    write_bytes("$dir/tbs.bin", $signed);
    my $signature = run_openssl('dgst', '-sha256', '-sign', $signer->{key}, "$dir/tbs.bin");
    write_bytes($file, pem_of(der_tlv(0x30, $signed, $algorithm, der_tlv(0x03, "\0$signature"))));
    return;
}

# What authorities and certificates are valid for unless a test says otherwise: 2020-01-01 to 2049-12-31.
my ($FROM, $TO) = (1_577_836_800, 2_524_521_600);

# authority('Test CA', key => 'ec', from => unix, to => unix, same_key => another authority,
# usage => 'keyCertSign'
# or undef, ext => ['basicConstraints = …']): { cn, key, pem, der, file (PEM), kind }, self-signed
sub authority
{
    my ($cn, %o) = (@_);
    my $kind = $o{key} // 'ec';
    my $key = $o{same_key} ? $o{same_key}{key} : new_key($kind);
    my $file = sprintf '%s/ca%d.pem', $dir, ++$made;
    my $usage = exists $o{usage} ? $o{usage} : 'keyCertSign,cRLSign';
    my $config = "$dir/authority.cnf";
    write_bytes($config, "[req]\ndistinguished_name = dn\nx509_extensions = v3\n[dn]\n[v3]\nsubjectKeyIdentifier = hash\n"
        . join('', map { "$_\n" } @{ $o{ext} // ['basicConstraints = critical,CA:TRUE'] })
        . (defined $usage ? "keyUsage = critical,$usage\n" : ''));
    write_bytes($file, run_openssl('req', '-x509', '-new', '-config', $config, '-key', $key, '-subj', "/CN=$cn", '-sha256'));
    redated($file, { key => $key }, $o{from} // $FROM, $o{to} // $TO);
    return { cn => $cn, key => $key, kind => $kind, file => $file, pem => slurp($file),
        der => der_of($file), to => $o{to} // $TO };
}

# certificate_of($ca, 'CN', serial => hex, from => unix, to => unix, ext => "extendedKeyUsage=OCSPSigning\n…", days => 30, key => 'ec'): the same shape
sub certificate_of
{
    my ($ca, $cn, %o) = @_;
    my $key = new_key($o{key} // 'ec');
    my $n = ++$made;
    my ($csr, $file, $ext) = map { "$dir/leaf$n.$_" } qw(csr pem ext);
    write_bytes($ext, $o{ext} // "basicConstraints=CA:FALSE\n");
    write_bytes($csr, run_openssl('req', '-new', '-key', $key, '-subj', "/CN=$cn"));
    write_bytes($file, run_openssl('x509', '-req', '-in', $csr, '-CA', $ca->{file}, '-CAkey', $ca->{key}, '-set_serial',
        '0x' . ($o{serial} // sprintf '%x', 1000 + $n),
        '-days', $o{days} // 30, '-extfile', $ext, '-sha256'));
    redated($file, $ca, $o{from} // $FROM, $o{to} // $TO) if !defined $o{days};
    return { cn => $cn, key => $key, kind => $o{key} // 'ec', file => $file, pem => slurp($file),
        der => der_of($file), to => defined $o{days} ? undef : $o{to} // $TO,
             serial => lc($o{serial} // sprintf '%x', 1000 + $n) };
}

# --- Taking DER apart, as far as tests need it ---

# (tag, content, whole, rest)
sub der_next
{
    my ($bytes) = @_;
    my ($tag, $n) = unpack 'CC', $bytes;
    my $head = 2;
    if ($n & 0x80) {
        my $more = $n & 0x7F;
        $n = 0;
        $n = $n << 8 | $_ for unpack 'C*', substr $bytes, 2, $more;
        $head += $more;
    }
    return ($tag, substr($bytes, $head, $n), substr($bytes, 0, $head + $n), substr $bytes, $head + $n);
}

# version, serial, algorithm, issuer, validity, subject, key
sub tbs_parts
{
    my ($der) = @_;
    my (undef, $certificate) = der_next($der);
    my (undef, $rest) = der_next($certificate);
    my @parts;
    while (length $rest && @parts < 7) {
        my (undef, undef, $whole, $behind) = der_next($rest);
        push @parts, $whole;
        $rest = $behind;
    }
    return @parts;
}

sub subject_der { return (tbs_parts($_[0]{der}))[5] }
sub spki_der { return (tbs_parts($_[0]{der}))[6] }

# --- Sections of a profile ---

sub issuer_section
{
    my ($alias, $ca, $more) = @_;
    return sprintf "[issuer %s]\nsubject_der = %s\nspki_der = %s\n%s\n", $alias, encode_base64(subject_der($ca), ''),
        encode_base64(spki_der($ca), ''), $more // '';
}

# endpoint_section('id', url => …, kind => …, …)
sub endpoint_section
{
    my ($id, %o) = @_;
    my ($host) = $o{url} =~ m{//([^/:]+)};
    my %all = (host => $host, level => 'required', %o);
    return "[endpoint $id]\n" . join('', map { "$_ = $all{$_}\n" } sort grep { defined $all{$_} } keys %all) . "\n";
}

# --- CRLs ---

my %ALGORITHM = (
    (map { $_ => der_tlv(0x30, der_oid('1.2.840.10045.4.3.2')) } qw(ec ec192 ec224 ec384)),
    (map { $_ => der_tlv(0x30, der_oid('1.2.840.113549.1.1.11'), der_tlv(0x05)) } qw(rsa rsa512 rsa1024 rsa4096)),
);

sub crl_time
{
    my ($unix) = @_;
    my $year = (gmtime $unix)[5] + 1900;
    return $year < 2050 ? der_tlv(0x17, strftime('%y%m%d%H%M%SZ', gmtime $unix))
        : der_tlv(0x18, strftime('%Y%m%d%H%M%SZ', gmtime $unix));
}

sub der_integer
{
    my ($hex) = @_;
    my $bytes = pack('H*', length($hex) % 2 ? "0$hex" : $hex) =~ s/\A\0+(?=.)//sr;
    return der_tlv(0x02, ord $bytes >= 0x80 ? "\0$bytes" : $bytes);
}

sub extension { my ($oid, $critical, $value) = @_; return der_tlv(0x30, der_oid($oid), ($critical ? der_tlv(0x01, "\xFF") : ()),
    der_tlv(0x04, $value)) }

# crl($ca, this => unix, next => unix or undef, revoked => [[serial hex, unix, reason]…], number => hex or undef, extensions => [DER…],
#     signer => another authority (forged), issuer => DER of another name): DER
sub crl
{
    my ($ca, %o) = (@_);
    my $signer = $o{signer} // $ca;
    my $algorithm = $ALGORITHM{ $signer->{kind} };
    my $this = $o{this} // time - 3600;
    my $next = exists $o{next} ? $o{next} : $this + 7 * 86_400;
    my @entries = map {
        my ($serial, $when, $reason) = @$_;
        der_tlv(0x30, der_integer($serial), crl_time($when),
            (defined $reason ? der_tlv(0x30, extension('2.5.29.21', 0, der_tlv(0x0A, chr $reason))) : ()))
    } @{ $o{revoked} // [] };
    my @extensions = ((exists $o{number} && !defined $o{number} ? () : extension('2.5.29.20', 0, der_integer($o{number} // '01'))),
        @{ $o{extensions} // [] });
    my $tbs = der_tlv(0x30, der_tlv(0x02, "\1"), $algorithm, $o{issuer} // subject_der($ca), crl_time($this),
        (defined $next ? crl_time($next) : ()),
        (@entries ? der_tlv(0x30, @entries) : ()), (@extensions ? der_tlv(0xA0, der_tlv(0x30, @extensions)) : ()));
    my $file = "$dir/tbs.bin";
    write_bytes($file, $tbs);
    my $signature = run_openssl('dgst', '-sha256', '-sign', $signer->{key}, $file);
    return der_tlv(0x30, $tbs, $algorithm, der_tlv(0x03, "\0$signature"));
}

# --- OCSP ---

# The file that `openssl ocsp -index` reads: [serial hex, 'V' or 'R']…
sub ocsp_index
{
    my (@entries) = @_;
    my $file = sprintf '%s/index%d.txt', $dir, ++$made;
    write_bytes($file, join '', map {
        join("\t", $_->[1], '400101000000Z', ($_->[1] eq 'R' ? '200101000000Z,keyCompromise' : ''),
            uc(length($_->[0]) % 2 ? "0$_->[0]" : $_->[0]), 'unknown', '/CN=x') . "\n"
    } @entries);
    write_bytes("$file.attr", "unique_subject = no\n");
    return $file;
}

# ocsp_answer($ca, $leaf, status => 'V'|'R'|'unknown', signer => $ca or a delegate, minutes => 60 or undef): DER, of now
sub ocsp_answer
{
    my ($ca, $leaf, %o) = @_;
    my $status = $o{status} // 'V';
    my $signer = $o{signer} // $ca;
    my $index = ocsp_index($status eq 'unknown' ? () : [$leaf->{serial}, $status]);
    my ($request, $answer) = ("$dir/request.der", "$dir/answer.der");
    run_openssl('ocsp', '-issuer', $ca->{file}, '-cert', $leaf->{file}, '-no_nonce', '-reqout', $request);
    my @life = exists $o{minutes} && !defined $o{minutes} ? () : ('-nmin', $o{minutes} // 60 * 24 * 4);
    run_openssl('ocsp', '-index', $index, '-CA', $ca->{file}, '-rsigner', $signer->{file}, '-rkey', $signer->{key}, '-reqin',
        $request, '-respout', $answer, @life);
    return slurp($answer);
}

# An OCSP answer with all its times so much later, signed anew with RSA: all of it is of one length wherever it stands.
sub ocsp_later
{
    my ($answer, $signer, $by) = @_;
    $answer =~ s/\x18\x0f(\d{14})Z/"\x18\x0f" . strftime('%Y%m%d%H%M%SZ', gmtime(parse_time($1 =~ s{(....)(..)(..)(..)(..)(..)}{$1-$2-$3T$4:$5:$6Z}r) + $by))/ge;
    my ($at) = $answer =~ /\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01/g ? pos $answer : die 'no basic answer';
    my (undef, $basic) = der_next(substr $answer, $at);
    my (undef, $parts) = der_next($basic);
    my (undef, undef, $signed, $rest) = der_next($parts);
    my (undef, undef, undef, $behind) = der_next($rest);
    my (undef, $bits) = der_next($behind);
    my $file = write_bytes("$dir/answer.tbs", $signed);
    my $signature = "\0" . run_openssl('dgst', '-sha256', '-sign', $signer->{key}, $file);
    substr $answer, index($answer, $bits), length $bits, $signature;
    return $answer;
}

# --- A web server ---

sub answer
{
    my ($client, $what) = @_;
    return if !defined $what;
    if (ref $what ne 'HASH') {
        $what = { body => $what };
    }
    if ($what->{reset}) {
        setsockopt $client, SOL_SOCKET, SO_LINGER, pack 'II', 1, 0;
        return;
    }
    my $body = $what->{body} // '';
    my %headers = ('Content-Length' => length $body, 'Content-Type' => 'application/octet-stream', Connection => 'close',
        %{ $what->{headers} // {} });
    print $client 'HTTP/1.1 ' . ($what->{status} // '200 OK') . "\r\n"
        . join('', map { "$_: $headers{$_}\r\n" } grep { defined $headers{$_} } sort keys %headers) . "\r\n" . $body;
    return;
}

# web({ 'host/path' => bytes or { status, headers, body, delay, hang, reset } or sub { my ($method, $path, $body) = @_; … } }): the port.
# "host" is what the Host header says, without a port; a key that ends in "/" answers everything below it.
# Every request is one line of the file pki_dir/PORT.log.
sub web
{
    my ($site) = @_;
    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 50, ReuseAddr => 1) or die "listen: $!";
    my $port = $server->sockport;
    start_program(sub {
        @SIG{qw(CHLD PIPE)} = ('IGNORE') x 2;
        open my $log, '>>', "$dir/$port.log" or return;
        $log->autoflush(1);
        my ($select, %said) = (IO::Select->new($server));
        while (my @ready = $select->can_read) {
            for my $client (@ready) {
                if ($client == $server) {
                    my $new = $server->accept;
                    $select->add($new) if $new;
                    next;
                }
                $said{$client} //= '';
                my $more = sysread $client, $said{$client}, 65_536, length $said{$client};
                next if $more && !is_whole($said{$client});
                $select->remove($client);
                serve($client, delete $said{$client}, $site, $log);
                close $client;
            }
        }
    });
    return $port;
}

# Whether a request's headers, and the body that they tell of, have come; or no request.
sub is_whole
{
    my ($text) = @_;
    return 1 if $text !~ /\A[A-Z]+(?: |\z)/;
    my $end = index $text, "\r\n\r\n";
    return 0 if $end < 0;
    my ($n) = substr($text, 0, $end) =~ /^Content-Length:\s*(\d+)/mi;
    return length $text >= $end + 4 + ($n // 0);
}

# One process answers all, one after the other; what takes its time has another.
my @hanging;
sub serve
{
    my ($client, $text, $site, $log) = @_;
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my ($method, $path) = $head =~ m{\A(\S+) (\S+)} or return;
    my %header = map { /\A([^:]+):\s*(.*?)\s*\z/ ? (lc $1 => $2) : () } split /\r\n/, $head;
    ($path, my $named) = $path =~ m{\Ahttp://([^/]+)(.*)\z} ? ($2, $1) : ($path, $header{host} // '');
    my $host = $named =~ s/:\d+\z//r;
    print $log "$method $host$path " . ($header{'user-agent'} // '-') . "\n";
    my ($key) = grep { $_ eq "$host$path" || (m{/\z}
        && index("$host$path", $_) == 0) } sort { length $b <=> length $a } keys %$site;
    my $what = defined $key ? $site->{$key} : { status => '404 Not Found', body => '' };
    $what = eval { $what->($method, $path, $body // '') } if ref $what eq 'CODE';
    my $delay = ref $what eq 'HASH' ? $what->{delay} : undef;
    if (ref $what eq 'HASH' && $what->{hang}) {
        open my $kept, '+<&', $client or return;
        push @hanging, $kept;
        return;
    }
    return if $delay && fork;
    select undef, undef, undef, $delay if $delay;
    answer($client, $what);
    return if !$delay;
    close $client;
    POSIX::_exit(0);
}

1;
