#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Against the OCSP of openssl: our requests are the bytes that its client sends, its responder answers our GET and our POST (curl
# carries them), and what it signs - good, revoked, unknown, expired, by a delegate, by a stranger - is judged as it is.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Pki;
use Scp;
use Servers qw(ocsp_responder);
use Test::More;

my $TOOL = plugin_path('x') =~ s{plugins/x\z}{tests/tools/ocsp}r;
my $CURL = which('curl');
plan skip_all => 'no openssl' if !which('openssl');
plan skip_all => 'tests/tools/ocsp is not built' if !-x $TOOL;

# What our tool prints, and its exit code.
sub tool
{
    my (@arguments) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>', scratch('tool.err') or POSIX::_exit(125);
        exec $TOOL, @arguments or POSIX::_exit(126);
    }
    binmode $out;
    local $/;
    my $text = <$out> // '';
    close $out;
    return wantarray ? ($text, $? >> 8) : $text;
}

sub curl
{
    my (@arguments) = @_;
    my $file = scratch('answer');
    unlink $file;
    delete local @ENV{ grep { /_proxy\z/i } keys %ENV };
    system($CURL, '-sS', '--max-time', 20, '--noproxy', '*', '-o', $file, @arguments) == 0 or diag("curl: $?");
    return $file;
}

my $ca = authority('OCSP CA');
my $rsa = authority('OCSP RSA CA', key => 'rsa');
my $stranger = authority('OCSP CA');            # of the same name
my $other = authority('Other CA');
my $delegate = certificate_of($ca, 'OCSP responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");
my $server = certificate_of($ca, 'Some server', ext => "extendedKeyUsage=serverAuth\n");
my $strange_delegate = certificate_of($stranger, 'OCSP responder', ext => "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n");

subtest 'requests are those of openssl' => sub {
    for my $serial (qw(1 7f 80 ff 0100 8000 0b0c6b2c466917b04773c647d4afc0c8 330000000c4964a16f44203b2200000000000c ffffffffffffffffffffffffffffffffffffffff)) {
        for my $issuer ($ca, $rsa) {
            my $file = scratch('request.der');
            run_openssl('ocsp', '-issuer', $issuer->{file}, '-serial', "0x$serial", '-no_nonce', '-reqout', $file);
            is(unpack('H*', scalar tool('request', $issuer->{file}, $serial)), unpack('H*', slurp($file)),
                "$issuer->{cn}, serial number $serial");
        }
    }
    my $leaf = certificate_of($ca, 'A leaf', serial => 'c0ffee');
    my $file = scratch('request.der');
    run_openssl('ocsp', '-issuer', $ca->{file}, '-cert', $leaf->{file}, '-no_nonce', '-reqout', $file);
    is(unpack('H*', scalar tool('request', $ca->{file}, 'C0FFEE')), unpack('H*', slurp($file)), 'of a certificate');
};

my %leaf = map { $_ => certificate_of($ca, $_) } qw(good revoked unlisted);

# judged(DER, issuer, certificate, time): (first line, notes, exit code)
sub judged
{
    my ($der, $issuer, $leaf, @at) = @_;
    my $file = $der;
    $file = save('response.der', $der) if $der !~ m{\A/};
    my ($text, $code) = tool('judge', $file, $issuer->{file}, $leaf->{serial}, @at);
    my ($first, $notes) = split /\n/, $text, 2;
    return ($first // '', $notes // '', $code);
}

sub is_judged
{
    my ($der, $issuer, $leaf, $pattern, $name, @at) = @_;
    my ($first, $notes, $code) = judged($der, $issuer, $leaf, @at);
    like($first, $pattern, $name);
    is($code, $first =~ /\Aok / ? 0 : 2, "exit code of it: $first");
    return $notes;
}

subtest 'what openssl signs' => sub {
    is_judged(ocsp_answer($ca, $leaf{good}), $ca, $leaf{good}, qr/\Aok good good\z/, 'good');
    is_judged(ocsp_answer($ca, $leaf{revoked}, status => 'R'), $ca, $leaf{revoked},
        qr/\Arevoked revoked revoked since 2020-01-01T00:00:00Z \(keyCompromise\)/, 'revoked');
    is_judged(ocsp_answer($ca, $leaf{unlisted}, status => 'unknown'), $ca, $leaf{unlisted}, qr/\Aocsp-status unknown /, 'unknown');
    is(is_judged(ocsp_answer($ca, $leaf{good}, signer => $delegate), $ca, $leaf{good}, qr/\Aok good good\z/, 'by a delegate'), '',
        'without notes');
    my $hour = ocsp_answer($ca, $leaf{good}, minutes => 60);
    my $now = time;
    is_judged($hour, $ca, $leaf{good}, qr/\Aok /, 'an hour later', '@' . ($now + 3600));
    is_judged($hour, $ca, $leaf{good}, qr/\Aexpired - expired/, 'two hours later', '@' . ($now + 7200));
    is_judged($hour, $ca, $leaf{good}, qr/\Anot-yet-valid -/, 'an hour earlier', '@' . ($now - 3600));
    my $open = ocsp_answer($ca, $leaf{good}, minutes => undef);
    like(is_judged($open, $ca, $leaf{good}, qr/\Aok /, 'without nextUpdate'), qr/\Aocsp\.nonconforming no nextUpdate/,
        'is remarked upon');
    is_judged($open, $ca, $leaf{good}, qr/\Aexpired - without nextUpdate/, 'and not for ever', '@' . ($now + 13 * 3600));
    my $plain = certificate_of($ca, 'No nocheck', ext => "extendedKeyUsage=OCSPSigning\n");
    like(is_judged(ocsp_answer($ca, $leaf{good}, signer => $plain), $ca, $leaf{good}, qr/\Aok /, 'by a delegate without nocheck'),
        qr/\Aocsp\.note .*nocheck/, 'is noted');
    my $rsa_leaf = certificate_of($rsa, 'RSA');
    is_judged(ocsp_answer($rsa, $rsa_leaf), $rsa, $rsa_leaf, qr/\Aok good/, 'by RSA');
};

subtest 'forged' => sub {
    my $good = ocsp_answer($ca, $leaf{good});
    my $forged = ocsp_answer($stranger, $leaf{good});
    is_judged($forged, $ca, $leaf{good}, qr/\Asignature - /, 'by an authority of the same name and another key');
    is_judged(ocsp_answer($ca, $leaf{good}, signer => $stranger), $ca, $leaf{good}, qr/\Asignature - /, 'its key, our hashes');
    is_judged(ocsp_answer($ca, $leaf{good}, signer => $strange_delegate), $ca, $leaf{good}, qr/\Asignature - signed by a stranger/,
        'by a delegate of a stranger');
    is_judged(ocsp_answer($ca, $leaf{good}, signer => $server), $ca, $leaf{good}, qr/\Asignature - .*not for OCSP signing/,
        'by a server\'s certificate');
    is_judged(ocsp_answer($other, $leaf{good}), $ca, $leaf{good}, qr/\Asignature - signed by a stranger.*another issuer/,
        'by another authority');
    is_judged($good, $ca, $leaf{revoked}, qr/\Aocsp-status - .*not answered/, 'about another certificate');
    my $later = $good =~ s/(\x18\x0F20\d\d)(\d)/$1 . ($2 ^ "\1")/er;
    is_judged($later, $ca, $leaf{good}, qr/\Asignature - /, 'a bit changed');
    is_judged('<html>Please log in</html>', $ca, $leaf{good}, qr/\Atype - .*HTML/, 'a page');
    is_judged(pack('H*', '30030a0106'), $ca, $leaf{good}, qr/\Aocsp-status - .*unauthorized/, 'refused');
};

# Options of the responder that Pki does not know; a digest in front is that of the question.
sub answered
{
    my ($ca, $leaf, $signer, @options) = @_;
    my ($request, $answer) = map { scratch($_) } qw(own.request own.answer);
    if (@options && $options[0] =~ /\A-(?:sha|md5)/) {
        run_openssl('ocsp', shift @options, '-issuer', $ca->{file}, '-serial', "0x$leaf->{serial}", '-no_nonce', '-reqout',
            $request);
    } else {
        save('own.request', scalar tool('request', $ca->{file}, $leaf->{serial}));
    }
    run_openssl('ocsp', '-index', ocsp_index([$leaf->{serial}, 'V']), '-CA', $ca->{file}, '-rsigner', $signer->{file}, '-rkey',
        $signer->{key}, '-reqin', $request,
                '-respout', $answer, '-nmin', 60, @options);
    return slurp($answer);
}

subtest 'forms of openssl\'s answers' => sub {
    my $leaf = $leaf{good};
    is_judged(answered($ca, $leaf, $ca, '-resp_key_id'), $ca, $leaf, qr/\Aok /, 'the issuer by the hash of its key');
    is_judged(answered($ca, $leaf, $delegate, '-resp_key_id'), $ca, $leaf, qr/\Aok /, 'a delegate by the hash of its key');
    is_judged(answered($ca, $leaf, $ca, '-resp_no_certs'), $ca, $leaf, qr/\Aok /, 'the issuer without certificates');
    is_judged(answered($ca, $leaf, $delegate, '-resp_no_certs'), $ca, $leaf, qr/\Asignature - .*stranger/,
        'a delegate without its certificate');
    is_judged(answered($ca, $leaf, $delegate, '-rother', $other->{file}), $ca, $leaf, qr/\Aok /,
        'a delegate with more certificates');
    is_judged(answered($ca, $leaf, $ca, '-badsig'), $ca, $leaf, qr/\Asignature - /, 'a bad signature');
    is_judged(answered($ca, $leaf, $ca, '-rmd', $_), $ca, $leaf, qr/\Aok /, $_) for qw(sha1 sha384 sha512);
    is_judged(answered($ca, $leaf, $ca, "-$_"), $ca, $leaf, qr/\Aok /, "a CertID with $_") for qw(sha256 sha384 sha512);
    is_judged(answered($ca, $leaf, $ca, '-md5'), $ca, $leaf, qr/\Aocsp-status - .*not answered/, 'one with MD5');
    my $rsa_leaf = certificate_of($rsa, 'RSA');
    my $pss = answered($rsa, $rsa_leaf, $rsa, '-rsigopt', 'rsa_padding_mode:pss', '-rsigopt', 'rsa_pss_saltlen:digest');
    is_judged($pss, $rsa, $rsa_leaf, qr/\Aok /, 'RSA-PSS');
    my $ec384 = authority('P-384', key => 'ec384');
    my $ec_leaf = certificate_of($ec384, 'P-384 leaf');
    is_judged(answered($ec384, $ec_leaf, $ec384, '-rmd', 'sha384'), $ec384, $ec_leaf, qr/\Aok /, 'P-384');
};

subtest 'a responder, asked by curl' => sub {
    plan skip_all => 'no curl' if !defined $CURL;
    my $port = ocsp_responder('-index', ocsp_index([$leaf{good}{serial}, 'V'], [$leaf{revoked}{serial}, 'R']), '-CA', $ca->{file},
                              '-rsigner', $delegate->{file}, '-rkey', $delegate->{key}, '-nmin', 60);
    for (['good', qr/\Aok good/], ['revoked', qr/\Arevoked revoked/], ['unlisted', qr/\Aocsp-status unknown/]) {
        my ($name, $pattern) = @$_;
        my $request = save('post.der', scalar tool('request', $ca->{file}, $leaf{$name}{serial}));
        is_judged(curl('--data-binary', "\@$request", '-H', 'Content-Type: application/ocsp-request', "http://127.0.0.1:$port/"),
            $ca, $leaf{$name}, $pattern, "POST: $name");
        my $url = tool('url', "http://127.0.0.1:$port/", $ca->{file}, $leaf{$name}{serial}) =~ s/\n//r;
        like($url, qr{\Ahttp://127\.0\.0\.1:$port/[A-Za-z0-9%]+\z}, 'a GET');
        is_judged(curl($url), $ca, $leaf{$name}, $pattern, "GET: $name");
    }
    my $url = tool('url', "http://127.0.0.1:$port/", $other->{file}, $leaf{good}{serial}) =~ s/\n//r;
    is_judged(curl($url), $other, $leaf{good}, qr/\Asignature - signed by a stranger/, 'asked about another issuer\'s certificate');
    is(tool('url', 'http://127.0.0.1/' . 'long' x 40, $ca->{file}, '01'), "POST\n", 'a long URL is to be posted');
};

done_testing();
