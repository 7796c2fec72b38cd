#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_intermediates --with-crl: situations of lists and paths, each judged by `openssl verify`, too.  Where OpenSSL refuses nothing is OK; where
# ours refuses more, the row says why.  With SCP_BYTES=all each byte of a list and of a certificate is changed once, otherwise a share of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Chain;
use MIME::Base64 qw(encode_base64);
use Said;
use Scp;
use Test::More;

my $NAME = 'check_scp_intermediates';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";

my $files = 0;

# --- Lists, encoded here ---

my %HOLD = (reason => 6);
sub uri { my ($uri) = @_; return der_tlv(0xA0, der_tlv(0xA0, der_tlv(0x86, $uri))) }
sub point { return Chain::extension('2.5.29.28', 1, der_tlv(0x30, @_)) }
sub points { my ($oid, @point) = @_; return Chain::extension($oid, 0, der_tlv(0x30, map { der_tlv(0x30, $_) } @point)) }
sub crl_issuer { my ($name) = @_; return der_tlv(0xA2, der_tlv(0xA4, name_der($name))) }

sub entry
{
    my ($e) = @_;
    $e = { serial => $e } if !ref $e;
    my @extensions;
    push @extensions, Chain::extension('2.5.29.21', 0, der_tlv(0x0A, chr $e->{reason})) if defined $e->{reason};
    push @extensions, Chain::extension('2.5.29.29', 1, der_tlv(0x30, der_tlv(0xA4, name_der($e->{of})))) if defined $e->{of};
    return der_tlv(0x30, der_tlv(0x02, $e->{serial}), Chain::when($NOW - 10 * $DAY), (@extensions ? der_tlv(0x30, @extensions) : ()));
}

# list('key', 'Issuer', revoked => [SERIAL or { serial, reason, of }], days => [-1, 5], number => 1, ids => 0, delta => BASE, more => [EXTENSION], cut => 1)
sub list
{
    my ($key, $issuer, %o) = @_;
    %o = (days => [-1, 5], number => 1, ids => 1, revoked => [], %o);
    my $algorithm = der_tlv(0x30, der_oid('1.2.840.10045.4.3.2'));
    my @extensions = (Chain::extension('2.5.29.20', 0, der_tlv(0x02, chr $o{number})), @{ $o{more} // [] });
    push @extensions, Chain::extension('2.5.29.35', 0, der_tlv(0x30, der_tlv(0x80, Chain::key_id($key)))) if $o{ids};
    push @extensions, Chain::extension('2.5.29.27', 1, der_tlv(0x02, chr $o{delta})) if defined $o{delta};
    my $tbs = der_tlv(0x30, der_tlv(0x02, "\1"), $algorithm, name_der($issuer), (map { Chain::when($NOW + $_ * $DAY) } @{ $o{days} }),
        (@{ $o{revoked} } ? der_tlv(0x30, map { entry($_) } @{ $o{revoked} }) : ()), der_tlv(0xA0, der_tlv(0x30, @extensions)));
    my $signature = openssl($tbs, 'dgst', '-sha256', '-sign', key_file($key));
    substr($signature, -1, 1) ^= "\1" if $o{cut};
    return der_tlv(0x30, $tbs, $algorithm, der_tlv(0x03, "\0$signature"));
}
sub crl_pem { return join '', map { "-----BEGIN X509 CRL-----\n" . encode_base64($_) . "-----END X509 CRL-----\n" } @_ }
sub crl_file { return save('lists' . ++$files . '.pem', crl_pem(@_)) }

# --- Certificates ---

my ($MIDDLE, $LEAF, $LISTER) = map { pack 'N', 0x01110000 + $_ } 1 .. 3;
my $URI = 'http://crl.test/one.crl';
my $root = cert('Root', 'Root', 'root', 'root', ca => 1, days => [-1000, 4000], serial => "\x11");
my $middle = cert('Middle', 'Root', 'middle', 'root', ca => 1, serial => $MIDDLE);
my $leaf = cert('Leaf', 'Middle', 'leaf', 'middle', dns => 'host.test', serial => $LEAF);
sub leaf_with { return cert('Leaf', 'Middle', 'leaf', 'middle', dns => 'host.test', serial => $LEAF, more => [@_]) }
my $renewed = cert('Middle', 'Root', 'middle', 'root', ca => 1, serial => "\x01\x12", days => [-300, 300]);
my $rekeyed = cert('Middle', 'Root', 'middle-new', 'root', ca => 1, serial => "\x01\x13");
my $namesake = cert('Middle', 'Middle', 'middle-evil', 'middle-evil', ca => 1);
my %lister = map { $_->[0] => cert('Lister', 'Root', 'lister', 'root', serial => $LISTER, @{ $_->[1] }) }
    [ca => [ca => 1]], [only => [more => [Chain::extension('2.5.29.15', 1, der_tlv(0x03, "\x01\x02"))]]],
    [none => [more => [Chain::extension('2.5.29.15', 1, der_tlv(0x03, "\x07\x80"))]]];
my $indirect_leaf = leaf_with(points('2.5.29.31', crl_issuer('Lister')));
my $pointed_leaf = leaf_with(points('2.5.29.31', uri($URI)));
my $fresh = points('2.5.29.46', uri('http://crl.test/delta.crl'));

my $policy = Chain::extension('2.5.29.32', 0, der_tlv(0x30, der_tlv(0x30, der_oid('1.3.6.1.4.1.99999.2.1'))));
my $of_root = list('root', 'Root');
my $of_middle = list('middle', 'Middle');
my $indirect = point(der_tlv(0x84, "\xFF"));
my $version = Chain::extension('1.3.6.1.4.1.311.21.1', 0, der_tlv(0x02, "\x01\x00\x01"));

# --- The situations ---
# [name, lists, state, findings, line, leaf => …, cas => [between, and whoever else signs lists], refused => what OpenSSL refuses is OK here, because;
# stricter => what OpenSSL accepts is not OK here, because]

my @rows = (
    ['each has its list', [$of_root, $of_middle], 'OK', { 'intermediates.chains' => 'OK', 'intermediates.crl-uncovered' => undef, 'intermediates.crl-scope' => undef,
        'intermediates.crl-unusable' => undef }],
    ['the leaf has none', [$of_root], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, qr/whether Leaf is revoked is not known: no list of Middle was given/],
    ['the intermediate has none', [$of_middle], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, qr/whether Middle is revoked is not known: no list of Root was given/],
    ['the leaf is revoked', [$of_root, list('middle', 'Middle', revoked => [$LEAF])], 'CRITICAL', { 'intermediates.revoked' => 'CRITICAL' },
        qr/Leaf is revoked at 2026-11-13T12:00:00Z \(no reason given\) in the list of Middle, \S+\.pem/],
    ['the leaf is revoked, and the rest has no list', [list('middle', 'Middle', revoked => [$LEAF])], 'CRITICAL', { 'intermediates.revoked' => 'CRITICAL' }],
    ['the intermediate is revoked', [list('root', 'Root', revoked => [$MIDDLE]), $of_middle], 'CRITICAL', { 'intermediates.revoked' => 'CRITICAL' }, qr/Middle is revoked at/],
    ['a way around a revoked intermediate', [list('root', 'Root', revoked => [$MIDDLE]), $of_middle], 'OK', { 'intermediates.passed-over' => 'OK' }, undef,
        cas => [$middle, $renewed], refused => 'openssl verify takes the first certificate of a name and does not go back'],
    ['the root lists itself', [list('root', 'Root', revoked => ["\x11"]), $of_middle], 'CRITICAL', {}, qr/Root is revoked/],
    ['an expired list', [$of_root, list('middle', 'Middle', days => [-9, -2])], 'UNKNOWN', { 'intermediates.crl-unusable' => 'UNKNOWN', 'intermediates.crl-uncovered' => 'UNKNOWN' },
        qr/expired 2 days ago/],
    ['an expired list that has the leaf', [$of_root, list('middle', 'Middle', days => [-9, -2], revoked => [$LEAF])], 'UNKNOWN', { 'intermediates.revoked' => undef }],
    ['an expired list beside its successor', [$of_root, $of_middle, list('middle', 'Middle', days => [-9, -2])], 'OK', { 'intermediates.crl-unusable' => 'OK' }],
    ['a list of tomorrow', [$of_root, list('middle', 'Middle', days => [1, 5])], 'UNKNOWN', {}, qr/not yet valid/],
    ['a list without its end', [$of_root, list('middle', 'Middle', days => [-1])], 'UNKNOWN', {}, qr/no nextUpdate/, stricter => 'no nextUpdate (RFC 5280 section 5.1.2.5)'],
    ['an older number has the leaf on hold', [$of_root, list('middle', 'Middle', number => 2), list('middle', 'Middle', days => [-2, 5], revoked => [{ serial => $LEAF, %HOLD }])], 'OK'],
    ['revoked, and a later list is over', [$of_root, list('middle', 'Middle', revoked => [$LEAF]), list('middle', 'Middle', number => 2, days => [-0.9, -0.1])], 'CRITICAL',
        { 'intermediates.revoked' => 'CRITICAL' }],
    ['good, and a later list is over', [$of_root, $of_middle, list('middle', 'Middle', number => 2, days => [-0.9, -0.1])], 'OK', { 'intermediates.crl-unusable' => 'OK' }],
    ['good, and a later list that is over has it', [$of_root, $of_middle, list('middle', 'Middle', number => 2, days => [-0.9, -0.1], revoked => [$LEAF])], 'UNKNOWN',
        { 'intermediates.crl-uncovered' => 'UNKNOWN', 'intermediates.revoked' => undef }, qr/a list that is no earlier has it as revoked, and may not be used: expired/,
        stricter => 'what the issuer has said last is that it is revoked'],
    ['removed from a whole list', [$of_root, list('middle', 'Middle', revoked => [{ serial => $LEAF, reason => 8 }])], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' },
        qr/removeFromCRL/, stricter => 'only a list of changes may remove (RFC 5280 section 5.3.1)'],
    ['two of one number and date differ', [$of_root, $of_middle, list('middle', 'Middle', revoked => [$LEAF])], 'CRITICAL', {}, undef,
        stricter => 'openssl verify takes the first; revoked in any is revoked'],
    ['a wrong signature', [$of_root, list('middle', 'Middle', cut => 1)], 'UNKNOWN', {}, qr/signature/],
    ['a forgery that is newer', [$of_root, $of_middle, list('middle', 'Middle', cut => 1, days => [0, 9], number => 9)], 'OK', { 'intermediates.crl-unusable' => 'OK' }, undef,
        refused => 'openssl verify takes the newest and does not go back to the genuine one'],
    ['a forgery that revokes', [$of_root, $of_middle, list('middle', 'Middle', cut => 1, days => [0, 9], number => 9, revoked => [$LEAF])], 'OK', { 'intermediates.revoked' => undef }, undef,
        refused => 'openssl verify takes the newest and does not go back to the genuine one'],
    ['an unknown critical extension', [$of_root, list('middle', 'Middle', more => [Chain::extension('1.3.6.1.4.1.99999.1', 1, der_tlv(0x05))])], 'UNKNOWN', {}, qr/critical extension/],
    ['a path that demands a policy', [$of_root, $of_middle], 'OK', { 'intermediates.crl-uncovered' => undef }, undef, leaf => leaf_with($policy),
        cas => [cert('Middle', 'Root', 'middle', 'root', ca => 1, serial => $MIDDLE, more => [$policy, Chain::extension('2.5.29.36', 1, der_tlv(0x30, der_tlv(0x80, "\0")))])]],
    # Several keys of one name.
    ["a list by the CA's new key", [$of_root, list('middle-new', 'Middle')], 'OK', { 'intermediates.crl-scope' => 'OK' }, undef, cas => [$middle, $rekeyed]],
    ['the same without a key identifier', [$of_root, list('middle-new', 'Middle', ids => 0)], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, undef, cas => [$middle, $rekeyed]],
    ['without a key identifier, beside the own one', [$of_root, list('middle-new', 'Middle', ids => 0, number => 9, days => [0, 9]), $of_middle], 'OK', {}, undef, cas => [$middle, $rekeyed],
        refused => 'openssl verify takes the newest and does not go back'],
    ['the leaf is revoked by the new key', [$of_root, $of_middle, list('middle-new', 'Middle', revoked => [$LEAF])], 'CRITICAL', { 'intermediates.revoked' => 'CRITICAL' }, undef,
        cas => [$middle, $rekeyed], stricter => 'revoked by any key of the issuer is revoked'],
    ["a list of Microsoft's CA by its new key", [$of_root, list('middle-new', 'Middle', more => [$version])], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, undef,
        cas => [$middle, $rekeyed], stricter => 'AD CS publishes a list per key'],
    ["a list of Microsoft's CA", [$of_root, list('middle', 'Middle', more => [$version])], 'OK'],
    ['a namesake without trust revokes', [$of_root, $of_middle, list('middle-evil', 'Middle', revoked => [$LEAF])], 'OK', { 'intermediates.revoked' => undef, 'intermediates.crl-unusable' => 'OK' }, undef,
        cas => [$middle, $namesake]],
    ['a namesake without trust vouches', [$of_root, list('middle-evil', 'Middle')], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, undef, cas => [$middle, $namesake]],
    # Indirect lists.
    ['an indirect list', [$of_root, list('lister', 'Lister', more => [$indirect])], 'OK', { 'intermediates.crl-scope' => 'OK' }, undef, leaf => $indirect_leaf, cas => [$middle, $lister{ca}]],
    ['an indirect list has the leaf', [$of_root, list('lister', 'Lister', more => [$indirect], revoked => [{ serial => $LEAF, of => 'Middle' }])], 'CRITICAL', { 'intermediates.revoked' => 'CRITICAL' },
        qr/Leaf is revoked in the list of Lister/, leaf => $indirect_leaf, cas => [$middle, $lister{ca}]],
    ["an indirect list has that number of somebody else's", [$of_root, list('lister', 'Lister', more => [$indirect], revoked => [{ serial => $LEAF, of => 'Other' }])], 'OK', {}, undef,
        leaf => $indirect_leaf, cas => [$middle, $lister{ca}]],
    ['an indirect list that the leaf does not name', [$of_root, list('lister', 'Lister', more => [$indirect])], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, undef, cas => [$middle, $lister{ca}]],
    ['an indirect list whose issuer is revoked', [list('root', 'Root', revoked => [$LISTER]), list('lister', 'Lister', more => [$indirect])], 'UNKNOWN', {}, undef,
        leaf => $indirect_leaf, cas => [$middle, $lister{ca}]],
    ['an issuer of lists that is no CA', [$of_root, list('lister', 'Lister', more => [$indirect])], 'OK', {}, undef, leaf => $indirect_leaf, cas => [$middle, $lister{only}]],
    ['an issuer without cRLSign', [$of_root, list('lister', 'Lister', more => [$indirect])], 'UNKNOWN', {}, qr/cRLSign/, leaf => $indirect_leaf, cas => [$middle, $lister{none}],
        stricter => 'the program goes on after an unsuitable purpose of the issuer of a list'],
    # Lists of changes.
    ['a delta', [$of_root, list('middle', 'Middle', more => [$fresh]), list('middle', 'Middle', number => 2, delta => 1)], 'OK'],
    ['a delta has the leaf', [$of_root, list('middle', 'Middle', more => [$fresh]), list('middle', 'Middle', number => 2, delta => 1, revoked => [$LEAF])], 'CRITICAL', { 'intermediates.revoked' => 'CRITICAL' }],
    ['a delta that nothing names has the leaf', [$of_root, $of_middle, list('middle', 'Middle', number => 2, delta => 1, revoked => [$LEAF])], 'CRITICAL', {}, undef,
        stricter => 'OpenSSL passes over a delta that neither list nor certificate names'],
    ['a delta alone', [$of_root, list('middle', 'Middle', number => 2, delta => 1)], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }],
    ['on hold, and removed', [$of_root, list('middle', 'Middle', more => [$fresh], revoked => [{ serial => $LEAF, %HOLD }]),
        list('middle', 'Middle', number => 2, delta => 1, revoked => [{ serial => $LEAF, reason => 8 }])], 'OK', { 'intermediates.crl-scope' => 'OK' }],
    ['on hold again after that', [$of_root, list('middle', 'Middle', number => 3, more => [$fresh], revoked => [{ serial => $LEAF, %HOLD }]),
        list('middle', 'Middle', number => 2, delta => 1, revoked => [{ serial => $LEAF, reason => 8 }])], 'CRITICAL'],
    # Partitions.
    ["the certificate's partition", [$of_root, list('middle', 'Middle', more => [point(uri($URI))])], 'OK', { 'intermediates.crl-scope' => undef }, undef, leaf => $pointed_leaf],
    ['another partition', [$of_root, list('middle', 'Middle', more => [point(uri('http://crl.test/two.crl'))])], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, qr/distribution point/, leaf => $pointed_leaf],
    ['another partition has it', [$of_root, list('middle', 'Middle', more => [point(uri('http://crl.test/two.crl'))], revoked => [$LEAF])], 'CRITICAL', {}, undef, leaf => $pointed_leaf],
    ["users' certificates", [$of_root, list('middle', 'Middle', more => [point(der_tlv(0x81, "\xFF"))])], 'OK'],
    ["CAs' certificates", [$of_root, list('middle', 'Middle', more => [point(der_tlv(0x82, "\xFF"))])], 'UNKNOWN', {}, qr/CAs' certificates only/],
    ['attribute certificates', [$of_root, list('middle', 'Middle', more => [point(der_tlv(0x85, "\xFF"))])], 'UNKNOWN'],
    ["an authority's list of CAs, and one of users", [list('root', 'Root', more => [point(der_tlv(0x82, "\xFF"))]), $of_middle], 'OK'],
    # Reasons.
    ['all reasons in two lists', [$of_root, list('middle', 'Middle', more => [point(der_tlv(0x83, "\x01\x60"))]), list('middle', 'Middle', more => [point(der_tlv(0x83, "\x07\x1F\x80"))])], 'OK',
        { 'intermediates.crl-scope' => 'OK' }],
    ['some reasons', [$of_root, list('middle', 'Middle', more => [point(der_tlv(0x83, "\x01\x60"))])], 'UNKNOWN', { 'intermediates.crl-uncovered' => 'UNKNOWN' }, qr/some reasons/],
    ['for some reason', [$of_root, list('middle', 'Middle', more => [point(der_tlv(0x83, "\x01\x60"))], revoked => [{ serial => $LEAF, reason => 1 }])], 'CRITICAL'],
);

sub openssl_covers
{
    my ($certificate, $cas, $lists) = @_;
    return openssl_verifies($root, $cas, $certificate, '-CRLfile', crl_file(@$lists), '-crl_check_all', '-extended_crl', '-use_deltas', '-policy_check', '-policy', '2.5.29.32.0');
}

my %ran;
for my $row (@rows) {
    my ($name, $lists, $state, $findings, $line, %o) = @$row;
    my ($certificate, $cas) = ($o{leaf} // $leaf, $o{cas} // [$middle]);
    my @base = ($NAME, "--at=$AT", '--roots=' . bundle('root.pem', $root), '--intermediates=' . bundle("cas$files.pem", @$cas), '--certificate=' . bundle('leaf.pem', $certificate));
    $ran{$name} = \@base;
    verdict($name, [@base, '--with-crl=' . crl_file(@$lists)], $state, $findings // {}, $line);
    my $accepted = openssl_covers($certificate, $cas, $lists);
    if ($state eq 'OK') {
        ok(!$accepted == defined $o{refused}, "$name: OpenSSL " . ($accepted ? 'accepts' : 'refuses') . (defined $o{refused} ? ", as $o{refused}" : ''));
    } else {
        ok(!$accepted || defined $o{stricter}, "$name: OpenSSL " . ($accepted ? 'accepts' : 'refuses') . (defined $o{stricter} ? "; $o{stricter}" : ''));
    }
}

# --- In any order, in one file or several ---

sub orders { my ($first, @rest) = @_; return [] if !defined $first; return map { my $o = $_; map { [@$o[0 .. $_ - 1], $first, @$o[$_ .. $#$o]] } 0 .. @$o } orders(@rest) }
sub told { my ($arguments) = @_; my $r = run_json([@$arguments, '-v']); return join "\n", map { join ' ', @$_{qw(state id subject text)} } @{ $r->{json}{findings} } }
for my $name ('without a key identifier, beside the own one', 'a forgery that revokes', 'two of one number and date differ', 'revoked, and a later list is over',
    'good, and a later list that is over has it', 'on hold, and removed', 'all reasons in two lists') {
    my ($row) = grep { $_->[0] eq $name } @rows;
    my %seen;
    for my $order (orders(@{ $row->[1] })) {
        my $file = save('shuffled.pem', crl_pem(@$order));
        $seen{ told([@{ $ran{$name} }, "--with-crl=$file"]) } = 1;
    }
    is(scalar keys %seen, 1, "$name: the same in any order");
}
{
    my ($a, $b) = (save('a.crl', $of_root), crl_file($of_middle));
    verdict('in DER and in PEM', [@{ $ran{'each has its list'} }, "--with-crl=$a", "--with-crl=$b"], 'OK', { 'intermediates.crl-uncovered' => undef });
    verdict('the order of the files', [@{ $ran{'each has its list'} }, "--with-crl=$b", "--with-crl=$a"], 'OK', { 'intermediates.crl-uncovered' => undef });
    verdict('a list of somebody else', [@{ $ran{'each has its list'} }, '--with-crl=' . crl_file($of_root, $of_middle, list('self', 'Self'))], 'OK', { 'intermediates.crl-unused' => 'OK' });
    verdict('no list at all', [@{ $ran{'each has its list'} }, '--with-crl=' . bundle('none.pem', $root)], 'UNKNOWN', {}, qr/no revocation list/);
    my $damaged = crl_pem($of_middle) =~ s/[A-Za-z]{10}/**********/r;
    my $revoked = crl_pem($of_root, list('middle', 'Middle', revoked => [$LEAF]));
    verdict('revoked, and a block that is no base64', [@{ $ran{'each has its list'} }, '--with-crl=' . save('damaged.pem', $damaged . $revoked)], 'CRITICAL',
        { 'intermediates.revoked' => 'CRITICAL', 'intermediates.crl-unusable' => 'UNKNOWN' });
    verdict('good, and a block that is no base64', [@{ $ran{'each has its list'} }, '--with-crl=' . save('damaged.pem', crl_pem($of_root, $of_middle) . $damaged)], 'UNKNOWN',
        { 'intermediates.crl-unusable' => 'UNKNOWN' }, qr/not base64/);
    verdict('the root alone needs no list', [@{ $ran{'each has its list'} }[0 .. 3], '--certificate=' . bundle('self.pem', $root), "--with-crl=$a"], 'OK');
}

# --- A byte changed ---

# Never OK: what is changed anywhere in a list that is needed, or in a certificate.
sub changed
{
    my ($what, $der, $arguments) = @_;
    my $step = ($ENV{SCP_BYTES} // '') eq 'all' ? 1 : 13;
    my @good;
    for (my $i = 0; $i < length $der; $i += $step) {
        my $bad = $der;
        substr($bad, $i, 1) ^= chr(1 << $i % 8);
        push @good, $i if run($arguments->($bad))->{code} == 0;
    }
    is("@good", '', "$what: no byte changed is OK");
}
my @base = @{ $ran{'each has its list'} };
my $part = save('part.crl', $of_root);
changed('a list', $of_middle, sub { [@base, "--with-crl=$part", '--with-crl=' . save('changed.crl', $_[0])] });
changed('a list that lists', list('middle', 'Middle', revoked => [$MIDDLE]), sub { [@base, "--with-crl=$part", '--with-crl=' . save('changed.crl', $_[0])] });
my $whole = crl_file($of_root, $of_middle);
changed('a certificate', $leaf, sub { [@base[0 .. 3], '--certificate=' . save('changed.der', $_[0]), "--with-crl=$whole"] });
changed('an intermediate', $middle, sub { [@base[0 .. 2], '--intermediates=' . save('changed.der', $_[0]), $base[4], "--with-crl=$whole"] });

done_testing();
