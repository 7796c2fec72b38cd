# SPDX-License-Identifier: GPL-3.0-or-later
#
# The rows of the conformance corpus: reads them, makes what they say (encoded here, signed by tests/conformance/oracle), and asks
# OpenSSL and the plugins about it.  tests/conformance/README says how a row is written.  Core modules only.
package Corpus;

use strict;
use warnings;
use Exporter qw(import);
use FindBin;
use IPC::Open2 qw(open2);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Text::ParseWords qw(shellwords);
use lib "$FindBin::Bin/../tools";
use Scp;

our @EXPORT = qw(rows_of row_from build oracle_built oracle_about ours_about alone_about command_about der_items);

my $ORACLE = plugin_path('x') =~ s{plugins/x\z}{tests/conformance/oracle}r;
my $ANY = '2.5.29.32.0';
my $TEST_OID = '1.3.6.1.4.1.99999.7';

# --- Rows ---

# A row is `row ID VERDICT CLAUSE: what it shows`, then indented lines of directives, separated by semicolons; `ours`, `alone` and
# `openssl` (VERDICT REASON) take a line of their own.
sub rows_of
{
    my ($file) = @_;
    my (@rows, %seen);
    for my $line (split /\n/, slurp($file)) {
        next if $line =~ /\A\s*(?:#|\z)/;
        if ($line =~ /\Arow (\S+) (good|bad|unknown) ([^:]+): (.+)\z/) {
            die "$file: $1 twice\n" if $seen{$1}++;
            push @rows, { id => $1, verdict => $2, clause => $3, shows => $4, make => [] };
        } elsif (@rows && $line =~ /\A\s+(ours|alone|openssl) (good|bad|unknown) (\S.*)\z/) {
            die "$file: $rows[-1]{id}: $1 twice\n" if $rows[-1]{differs}{$1};
            $rows[-1]{differs}{$1} = { verdict => $2, reason => $3 };
        } elsif (@rows && $line =~ /\A\s+(\S.*)\z/) {
            push @{ $rows[-1]{make} }, grep { /\S/ } split /;\s*/, $1;
        } else {
            die "$file: not understood: $line\n";
        }
    }
    return @rows;
}

# A row that is no line of a table.
sub row_from { my ($id, @make) = @_; return build({ id => $id, make => [map { split /;\s*/ } @make] }) }

# --- The oracle ---

my ($to, $from, $pid);
sub oracle_built { return -x $ORACLE }

sub ask
{
    my (@words) = @_;
    $pid //= open2($from, $to, $ORACLE);
    print {$to} join(' ', @words) . "\n";
    my $answer = <$from> // die "the oracle is gone: @words\n";
    chomp $answer;
    return $answer;
}
END { if ($pid) { local $?; close $to; waitpid $pid, 0; } }

my %spki;
sub spki { my ($key) = @_; return $spki{$key} //= pack 'H*', ask('key', $key) }
sub key_bits { my ($key) = @_; my @parts = der_items(spki($key), 1); return substr $parts[1]{content}, 1 }
sub sha1_of { my ($bytes) = @_; return pack 'H*', ask('sha1', unpack 'H*', $bytes) }
sub hex_list { return @_ ? join(',', map { unpack 'H*', $_ } @_) : '-' }

# --- DER ---

# The elements of a string: { tag, content, at, whole }; $inside: of what its first element holds.
sub der_items
{
    my ($bytes, $inside) = @_;
    my ($at, @items) = (0);
    while ($at < length $bytes) {
        my ($tag, $n) = unpack 'CC', substr $bytes, $at, 2;
        my $head = 2;
        if ($n & 0x80) {
            my $more = $n & 0x7F;
            $n = 0;
            $n = $n << 8 | $_ for unpack 'C*', substr $bytes, $at + 2, $more;
            $head += $more;
        }
        return der_items(substr($bytes, $at + $head, $n), 0) if $inside;
        push @items, { tag => $tag, content => substr($bytes, $at + $head, $n), at => $at, whole => substr $bytes, $at, $head + $n };
        $at += $head + $n;
    }
    return @items;
}

sub integer { my ($hex) = @_; $hex = "0$hex" if length($hex) % 2; $hex = "00$hex" if $hex =~ /\A[89a-f]/i; return der_tlv(0x02, pack 'H*', $hex) }
sub boolean { return der_tlv(0x01, $_[0] ? "\xFF" : "\0") }
sub oid { my ($o) = @_; return der_oid($o eq 'any' ? $ANY : $o =~ /\AP(\d+)\z/ ? "$TEST_OID.$1" : $o) }

# A time: days from the day of judgement, or u:TEXT, g:TEXT (UTCTime, GeneralizedTime as they stand).
sub unix_of { my ($when) = @_; return $NOW + $when * $DAY }
sub time_der
{
    my ($when, $generalized) = @_;
    return der_tlv($1 eq 'u' ? 0x17 : 0x18, $2) if $when =~ /\A([ug]):(.*)\z/;
    my @t = gmtime unix_of($when);
    return $t[5] < 150 && !$generalized ? der_tlv(0x17, strftime('%y%m%d%H%M%SZ', @t)) : der_tlv(0x18, strftime('%Y%m%d%H%M%SZ', @t));
}

my %ATTRIBUTE = (CN => '2.5.4.3', O => '2.5.4.10', OU => '2.5.4.11', C => '2.5.4.6', DC => '0.9.2342.19200300.100.1.25',
    E => '1.2.840.113549.1.9.1', L => '2.5.4.7');
my %STRING = (u => 0x0C, p => 0x13, t => 0x14, i => 0x16, b => 0x1E);

# CN=A,O:p=B (u: UTF8String, the default, p: PrintableString, t: TeletexString, i: IA5String, b: BMPString).
sub attribute
{
    my ($text) = @_;
    my ($type, $kind, $value) = $text =~ /\A(\w+)(?::(\w))?=(.*)\z/ or die "a name: $text\n";
    $kind //= $type eq 'E' || $type eq 'DC' ? 'i' : $type eq 'C' ? 'p' : 'u';
    $value = join '', map { "\0$_" } split //, $value if $kind eq 'b';
    return der_tlv(0x30, der_oid($ATTRIBUTE{$type} // die "a name: $text\n"), der_tlv($STRING{$kind}, $value));
}
sub name { my ($text) = @_; return der_tlv(0x30, map { der_tlv(0x31, attribute($_)) } split /,/, $text) }

# dns:x, email:x, uri:x, ip:HEX, dn:NAME, rid:OID, other:HEX
sub general_name
{
    my ($kind, $value) = $_[0] =~ /\A(\w+):(.*)\z/s or die "a general name: $_[0]\n";
    my %plain = (email => 0x81, dns => 0x82, uri => 0x86);
    return der_tlv($plain{$kind}, $value) if $plain{$kind};
    return der_tlv(0x87, pack 'H*', $value) if $kind eq 'ip';
    return der_tlv(0xA4, name($value)) if $kind eq 'dn';
    return der_tlv(0x88, substr oid($value), 2) if $kind eq 'rid';
    return der_tlv(0xA0, oid('P99'), der_tlv(0xA0, der_tlv(0x0C, $value))) if $kind eq 'other';
    die "a general name: $_[0]\n";
}
sub general_names { return map { general_name($_) } split /\|/, $_[0] }

# Bits from the left, without trailing zeros.
sub bits
{
    my ($tag, @set) = @_;
    my $last = -1;
    $last = $_ > $last ? $_ : $last for @set;
    my $text = join '', map { my $i = $_; (grep { $_ == $i } @set) ? 1 : 0 } 0 .. $last;
    return der_tlv($tag, chr((8 - ($last + 1) % 8) % 8) . pack 'B*', $text);
}

# --- Extensions ---

my %USAGE = (digitalSignature => 0, nonRepudiation => 1, keyEncipherment => 2, keyAgreement => 4, keyCertSign => 5, cRLSign => 6);
my %REASON = (keyCompromise => 1, cACompromise => 2, affiliationChanged => 3, superseded => 4, cessationOfOperation => 5,
    certificateHold => 6, removeFromCRL => 8, privilegeWithdrawn => 9, aACompromise => 10);
my %FLAG = (%REASON, privilegeWithdrawn => 7, aACompromise => 8);    # the bits of ReasonFlags
my %PURPOSE = (server => '1.3.6.1.5.5.7.3.1', client => '1.3.6.1.5.5.7.3.2', code => '1.3.6.1.5.5.7.3.3', email => '1.3.6.1.5.5.7.3.4',
    time => '1.3.6.1.5.5.7.3.8', ocsp => '1.3.6.1.5.5.7.3.9', any => '2.5.29.37.0');

sub extension
{
    my ($oid, $critical, $value) = @_;
    return der_tlv(0x30, oid($oid), ($critical ? boolean(1) : ()), der_tlv(0x04, $value));
}

# "!value" is critical, "~value" is not, else as the kind is by default.
sub marked
{
    my ($text, $default) = @_;
    return $text =~ s/\A!//r, 1 if $text =~ /\A!/;
    return $text =~ s/\A~//r, 0 if $text =~ /\A~/;
    return $text, $default;
}

sub basic_constraints
{
    my ($text) = @_;
    my ($what, $length) = split /:/, $text;
    return der_tlv(0x30, ($what eq 'ca' ? boolean(1) : ()), (defined $length ? integer(sprintf '%02x', $length) : ()));
}

sub policies
{
    my ($text) = @_;
    return der_tlv(0x30, map { my ($o, $q) = split /\//;
        der_tlv(0x30, oid($o), defined $q ? der_tlv(0x30, der_tlv(0x30, der_oid('1.3.6.1.5.5.7.2.1'), der_tlv(0x16, $q))) : ()) }
        split /,/, $text);
}
sub mappings { return der_tlv(0x30, map { der_tlv(0x30, map { oid($_) } split />/) } split /,/, $_[0]) }
sub policy_constraints
{
    my ($text) = @_;
    return der_tlv(0x30, ($text =~ /r(\d+)/ ? der_tlv(0x80, chr $1) : ()), ($text =~ /m(\d+)/ ? der_tlv(0x81, chr $1) : ()));
}

sub subtrees
{
    my ($tag, $text) = @_;
    return defined $text ? der_tlv($tag, map { der_tlv(0x30, $_) } general_names($text)) : ();
}

# The fields of a distribution point, separated by "^": uri:x and dn:NAME (its name), rel:ATTRIBUTE, reasons:a,b, issuer:NAME
sub point_name
{
    my (@fields) = @_;
    my ($relative) = map { /\Arel:(.*)/ ? $1 : () } @fields;
    my @full = map { /\A(?:uri|dn):/ ? general_name($_) : () } @fields;
    return der_tlv(0xA0, der_tlv(0xA1, attribute($relative))) if defined $relative;
    return @full ? der_tlv(0xA0, der_tlv(0xA0, @full)) : ();
}
sub reasons { my ($tag, @fields) = @_; return map { /\Areasons:(.*)/ ? bits($tag, map { $FLAG{$_} } split /,/, $1) : () } @fields }
sub points
{
    my ($text) = @_;
    return der_tlv(0x30, map { my @f = split /\^/;
        der_tlv(0x30, point_name(@f), reasons(0x81, @f), map { /\Aissuer:(.*)/ ? der_tlv(0xA2, general_name("dn:$1")) : () } @f) }
        split /\|/, $text);
}

# As above, with user, ca, attr, indirect, empty.
sub issuing_point
{
    my ($text) = @_;
    my @f = split /\^/, $text;
    my %is = map { $_ => 1 } @f;
    return der_tlv(0x30, point_name(@f), ($is{user} ? der_tlv(0x81, "\xFF") : ()), ($is{ca} ? der_tlv(0x82, "\xFF") : ()),
        reasons(0x83, @f), ($is{indirect} ? der_tlv(0x84, "\xFF") : ()), ($is{attr} ? der_tlv(0x85, "\xFF") : ()));
}

# OID:HEX, several separated by "|"; each may be marked critical.
sub raw_extensions
{
    my ($text) = @_;
    return map { my ($e, $critical) = marked($_, 0); my ($o, $hex) = split /:/, $e; extension($o, $critical, pack 'H*', $hex) }
        split /\|/, $text // '';
}

# What an option says, if it is there and not "none", as an extension.
sub put
{
    my ($o, $option, $oid, $critical, $encode) = @_;
    return if !defined $o->{$option} || $o->{$option} eq 'none';
    my ($value, $mark) = marked($o->{$option}, $critical);
    return extension($oid, $mark, $encode->($value));
}

sub certificate_extensions
{
    my ($o) = @_;
    my @e = (put($o, 'bc', '2.5.29.19', 1, \&basic_constraints),
        put($o, 'ku', '2.5.29.15', 1, sub { bits(0x03, map { $USAGE{$_} // die "key usage $_\n" } split /,/, $_[0]) }),
        put($o, 'eku', '2.5.29.37', 0, sub { der_tlv(0x30, map { oid($PURPOSE{$_} // $_) } split /,/, $_[0]) }),
        put($o, 'san', '2.5.29.17', 0, sub { der_tlv(0x30, general_names($_[0])) }),
        put($o, 'skid', '2.5.29.14', 0, sub { der_tlv(0x04, sha1_of(key_bits($_[0]))) }),
        put($o, 'akid', '2.5.29.35', 0, sub { der_tlv(0x30, der_tlv(0x80, sha1_of(key_bits($_[0])))) }),
        put($o, 'pol', '2.5.29.32', 0, \&policies), put($o, 'map', '2.5.29.33', 0, \&mappings),
        put($o, 'pc', '2.5.29.36', 1, \&policy_constraints), put($o, 'iap', '2.5.29.54', 1, sub { integer(sprintf '%02x', $_[0]) }),
        put($o, 'cdp', '2.5.29.31', 0, \&points), put($o, 'freshest', '2.5.29.46', 0, \&points), raw_extensions($o->{ext}));
    push @e, extension('2.5.29.30', !$o->{ncmild}, der_tlv(0x30, subtrees(0xA0, $o->{permit}), subtrees(0xA1, $o->{exclude})))
        if defined $o->{permit} || defined $o->{exclude};
    push @e, extension('1.3.6.1.5.5.7.48.1.5', 0, der_tlv(0x05)) if $o->{nocheck};
    push @e, map { my $want = der_oid($_); grep { index($_, $want) >= 0 } @e } split /,/, $o->{dup} // '';
    return @e;
}

# --- Signed objects ---

sub algorithm
{
    my ($key, $digest) = @_;
    my %rsa = (md5 => 4, sha1 => 5, sha256 => 11, sha384 => 12);
    my %ec = (sha1 => '1', sha256 => '3.2', sha384 => '3.3');
    return der_tlv(0x30, der_oid('1.3.101.112')) if $key =~ /\Aed25519/;
    return der_tlv(0x30, der_oid("1.2.840.113549.1.1.$rsa{$digest}"), der_tlv(0x05)) if $key =~ /\Arsa\d/;
    return der_tlv(0x30, der_oid("1.2.840.10045.4.$ec{$digest}"));
}

# SEQUENCE { tbs, algorithm, signature }; o: signer, digest, outer (another digest's algorithm), mutate, more (behind the signature)
sub signed
{
    my ($tbs, $o) = @_;
    my $signature = pack 'H*', ask('sign', $o->{signer}, $o->{signer} =~ /\Aed25519/ ? '-' : $o->{digest}, unpack 'H*', $tbs);
    my $mutate = $o->{mutate} // '';
    substr($signature, -1) ^= "\1" if $mutate eq 'sig';
    $signature = '' if $mutate eq 'nosig';
    my $algorithm = algorithm($o->{signer}, $o->{outer} // $o->{digest});
    my $der = der_tlv(0x30, $tbs, $algorithm, der_tlv(0x03, "\0$signature"), $o->{more} // ());
    return $mutate eq 'tail' ? "$der\0" : $mutate eq 'cut' ? substr $der, 0, -1 : $der;
}

my %KIND = (
    root => { bc => 'ca', ku => 'keyCertSign,cRLSign' },
    ca => { bc => 'ca', ku => 'keyCertSign,cRLSign' },
    leaf => { ku => 'digitalSignature', eku => 'server' },
    extra => {},
);
my $serials;

sub options { my (@words) = @_; return map { /\A([\w]+)=(.*)\z/s ? ($1, $2) : die "option $_\n" } @words }

sub make_certificate
{
    my ($row, $kind, $label, $by, @words) = @_;
    my $issuer = $kind eq 'root' || $by eq $label ? undef : $row->{cert}{$by} // die "$row->{id}: no $by\n";
    my %o = (key => $label, subject => "CN=$label", from => -365, to => 365, version => 3, digest => 'sha256', serial => sprintf('%x', 0x1000 + ++$serials),
        %{ $KIND{$kind} });
    my %given = options(@words);
    %o = (%o, %given);
    $o{issuer} //= $issuer ? $issuer->{subject} : $o{subject};
    $o{signer} //= $issuer ? $issuer->{key} : $o{key};
    $o{skid} //= $o{key};
    $o{akid} //= $issuer ? $issuer->{key} : 'none';
    my @e = $o{version} == 3 || $o{keepext} ? certificate_extensions(\%o) : ();
    my $tbs = der_tlv(0x30, ($o{version} > 1 ? der_tlv(0xA0, integer(sprintf '%02x', $o{version} - 1)) : ()), integer($o{serial}),
        algorithm($o{signer}, $o{inner} // $o{digest}), $o{issuer} eq '' ? der_tlv(0x30) : name($o{issuer}),
        der_tlv(0x30, time_der($o{from}), time_der($o{to})), $o{subject} eq '' ? der_tlv(0x30) : name($o{subject}), spki($o{key}),
        (@e ? der_tlv(0xA3, der_tlv(0x30, @e)) : ()));
    $row->{cert}{$label} = { %o, kind => $kind, label => $label, by => $by, der => signed($tbs, \%o) };
    push @{ $row->{order} }, $label;
    return;
}

# An entry: LABEL or 0xSERIAL, then fields separated by "^": reason:R, when:DAYS, issuer:NAME, ext:OID:HEX
sub entry
{
    my ($row, $text) = @_;
    my ($what, @fields) = split /\^/, $text;
    my %f = map { /\A(\w+):(.*)\z/ ? ($1, $2) : die "$row->{id}: entry $text\n" } @fields;
    my @e = ((defined $f{reason} ? extension('2.5.29.21', 0, der_tlv(0x0A, chr $REASON{ $f{reason} })) : ()),
        (defined $f{issuer} ? extension('2.5.29.29', 1, der_tlv(0x30, general_name("dn:$f{issuer}"))) : ()), raw_extensions($f{ext}));
    my $serial = $what =~ /\A0x(.*)/ ? $1 : ($row->{cert}{$what} // die "$row->{id}: no $what\n")->{serial};
    return der_tlv(0x30, integer($serial), time_der($f{when} // -5), (@e ? der_tlv(0x30, @e) : ()));
}

sub make_crl
{
    my ($row, $by, @words) = @_;
    my $issuer = $row->{cert}{$by} // die "$row->{id}: no $by\n";
    my %o = (signer => $issuer->{key}, issuer => $issuer->{subject}, this => -2, next => 8, number => '10', version => 2, digest => 'sha256',
        akid => $issuer->{key}, options(@words));
    my @entries = map { entry($row, $_) } split /\|/, $o{revoked} // '';
    my @e = (put(\%o, 'akid', '2.5.29.35', 0, sub { der_tlv(0x30, der_tlv(0x80, sha1_of(key_bits($_[0])))) }),
        put(\%o, 'number', '2.5.29.20', 0, sub { integer($_[0]) }), put(\%o, 'delta', '2.5.29.27', 1, sub { integer($_[0]) }),
        put(\%o, 'idp', '2.5.29.28', 1, \&issuing_point), put(\%o, 'freshest', '2.5.29.46', 0, \&points), raw_extensions($o{ext}));
    @e = () if $o{version} eq 'none';
    my $tbs = der_tlv(0x30, ($o{version} eq 'none' ? () : integer(sprintf '%02x', $o{version} - 1)), algorithm($o{signer}, $o{inner} // $o{digest}),
        name($o{issuer}), time_der($o{this}), ($o{next} eq 'none' ? () : time_der($o{next})), (@entries ? der_tlv(0x30, @entries) : ()),
        (@e ? der_tlv(0xA0, der_tlv(0x30, @e)) : ()));
    push @{ $row->{crls} }, signed($tbs, \%o);
    return;
}

# --- OCSP ---

sub cert_id
{
    my ($issuer, $serial, $o) = @_;
    my $name = sha1_of(name($o->{idname} // $issuer->{subject}));
    my $key = sha1_of(key_bits($o->{idkey} // $issuer->{key}));
    return der_tlv(0x30, der_tlv(0x30, der_oid('1.3.14.3.2.26'), der_tlv(0x05)), der_tlv(0x04, $name), der_tlv(0x04, $key), integer($serial));
}

sub status
{
    my ($text) = @_;
    return der_tlv(0x80) if $text eq 'good';
    return der_tlv(0x82) if $text eq 'unknown';
    my ($reason) = $text =~ /\Arevoked(?::(\w+))?\z/ or die "status $text\n";
    return der_tlv(0xA1, time_der(-5, 1), defined $reason ? der_tlv(0xA0, der_tlv(0x0A, chr $REASON{$reason})) : ());
}

sub single
{
    my ($issuer, $serial, $o) = @_;
    my @e = raw_extensions($o->{sext});
    return der_tlv(0x30, cert_id($issuer, $serial, $o), status($o->{status}), time_der($o->{this}, 1),
        ($o->{next} eq 'none' ? () : der_tlv(0xA0, time_der($o->{next}, 1))), (@e ? der_tlv(0xA1, der_tlv(0x30, @e)) : ()));
}

# ocsp ISSUER LEAF …; as: the certificate whose name answers; by: name or key; certs: labels; also: status of a second answer
# about the same certificate; other: an answer about 0xSERIAL comes first; only: no answer about this certificate.
sub make_ocsp
{
    my ($row, $by, $leaf, @words) = @_;
    my $issuer = $row->{cert}{$by} // die "$row->{id}: no $by\n";
    my %o = (status => 'good', this => -1, next => 3, produced => -1, digest => 'sha256', by => 'name', as => $by, rstatus => 0,
        type => '1.3.6.1.5.5.7.48.1.1', options(@words));
    my $responder = $row->{cert}{ $o{as} } // die "$row->{id}: no $o{as}\n";
    $o{signer} //= $responder->{key};
    my $serial = $o{idserial} // $row->{cert}{$leaf}{serial};
    my @single = (($o{other} ? single($issuer, $o{other}, \%o) : ()), ($o{only} ? () : single($issuer, $serial, \%o)),
        ($o{also} ? single($issuer, $serial, { %o, status => $o{also} }) : ()));
    my @e = raw_extensions($o{ext});
    my $who = $o{by} eq 'key' ? der_tlv(0xA2, der_tlv(0x04, sha1_of(key_bits($o{whose} // $responder->{key}))))
        : der_tlv(0xA1, name($o{whose} // $responder->{subject}));
    my $tbs = der_tlv(0x30, (defined $o{version} ? der_tlv(0xA0, integer(sprintf '%02x', $o{version} - 1)) : ()), $who,
        time_der($o{produced}, 1), der_tlv(0x30, @single), (@e ? der_tlv(0xA1, der_tlv(0x30, @e)) : ()));
    my @certs = map { $row->{cert}{$_}{der} } split /,/, $o{certs} // '';
    $o{more} = der_tlv(0xA0, der_tlv(0x30, @certs)) if @certs;
    my $basic = signed($tbs, \%o);
    $row->{ocsp} = der_tlv(0x30, der_tlv(0x0A, chr $o{rstatus}),
        ($o{rstatus} == 0 || $o{keep} ? der_tlv(0xA0, der_tlv(0x30, der_oid($o{type}), der_tlv(0x04, $basic))) : ()))
        . (($o{mutate} // '') eq 'behind' ? "\0" : '');
    return;
}

# --- A row as a whole ---

sub pem_of { my ($kind, @der) = @_; return join '', map { "-----BEGIN $kind-----\n" . encode_base64($_) . "-----END $kind-----\n" } @der }

sub build
{
    my ($row) = @_;
    for my $text (@{ $row->{make} }) {
        my ($verb, @words) = shellwords($text);
        if ($verb eq 'root') { make_certificate($row, 'root', $words[0], @words) }
        elsif ($KIND{$verb}) { make_certificate($row, $verb, @words) }
        elsif ($verb eq 'crl') { make_crl($row, @words) }
        elsif ($verb eq 'ocsp') { make_ocsp($row, @words) }
        elsif ($verb eq 'ask') { $row->{purpose} = $words[0] }
        elsif ($verb eq 'alone') { $row->{by_itself} = 1 }
        elsif ($verb eq 'withhold') { $row->{withheld}{$_} = 1 for @words }
        else { die "$row->{id}: not understood: $text\n" }
    }
    my @labels = @{ $row->{order} };
    $row->{leaf} = (grep { $row->{cert}{$_}{kind} eq 'leaf' } @labels)[0] // die "$row->{id}: no leaf\n";
    my @given = grep { !$row->{withheld}{$_} } @labels;
    $row->{roots} = [map { $row->{cert}{$_}{der} } grep { $row->{cert}{$_}{kind} eq 'root' } @given];
    $row->{between} = [map { $row->{cert}{$_}{der} } grep { $row->{cert}{$_}{kind} =~ /\A(?:ca|extra)\z/ } @given];
    $row->{issuers} = [$row->{cert}{ $row->{cert}{ $row->{leaf} }{by} }{der}];
    $row->{leaf_der} = $row->{cert}{ $row->{leaf} }{der};
    return $row;
}

# What OpenSSL says of the row: its verdict and its words.  $alone: of the list and the one certificate.
sub oracle_about
{
    my ($row, $alone) = @_;
    my @lists = hex_list(@{ $row->{crls} // [] });
    my $said = $row->{ocsp} ? ask('ocsp', $NOW, hex_list($row->{leaf_der}), hex_list(@{ $row->{issuers} }), hex_list($row->{ocsp}))
        : $alone ? ask('alone', $NOW, hex_list($row->{leaf_der}), hex_list(@{ $row->{issuers} }), @lists)
        : ask('path', $NOW, $row->{purpose} // 'serverauth', hex_list($row->{leaf_der}), hex_list(@{ $row->{roots} }),
            hex_list(@{ $row->{between} }), @lists);
    return split / /, $said, 2;
}

# The same of a path by `openssl verify`, which the oracle stands for: 1 where it is good.
sub command_about
{
    my ($row) = @_;
    put_files($row);
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec 'openssl', 'verify', '-no-CApath', '-no-CAstore', '-CAfile', scratch('roots.pem'),
            (@{ $row->{between} } ? ('-untrusted', scratch('between.pem')) : ()), '-attime', $NOW, '-auth_level', 1, '-check_ss_sig',
            '-policy_check', '-policy', 'anyPolicy', ($row->{purpose} ? () : ('-purpose', 'sslserver')), scratch('leaf.pem')
            or POSIX::_exit(126);
    }
    waitpid $pid, 0;
    return $? == 0 ? 1 : 0;
}

sub put_files
{
    my ($row) = @_;
    save('roots.pem', pem_of('CERTIFICATE', @{ $row->{roots} }));
    save('between.pem', pem_of('CERTIFICATE', @{ $row->{between} })) if @{ $row->{between} };
    save('issuers.pem', pem_of('CERTIFICATE', @{ $row->{issuers} }));
    save('leaf.pem', pem_of('CERTIFICATE', $row->{leaf_der}));
    save('lists.pem', pem_of('X509 CRL', @{ $row->{crls} })) if $row->{crls};
    save('answer.der', $row->{ocsp}) if $row->{ocsp};
    return;
}

# A plugin's JSON and exit code; with SCP_CONFORMANCE_LONG of the program itself.
sub plugin
{
    my (@argv) = @_;
    local $ENV{SCP_EXEC} = $ENV{SCP_EXEC} || $ENV{SCP_CONFORMANCE_LONG};
    my $r = run([@argv], any => 1);
    my $j = eval { JSON::PP->new->utf8->decode($r->{out}) } // { summary => "no answer: $r->{out}", findings => [] };
    return ($r->{code}, $j->{summary} // '', map { $_->{id} } @{ $j->{findings} });
}

# What our plugins say: verdict, and their first line.
sub alone_about
{
    my ($row) = @_;
    put_files($row);
    my ($code, $said, @ids) = plugin('check_scp_revocation', $row->{ocsp} ? '--ocsp=' . scratch('answer.der') : '--crl=' . scratch('lists.pem'),
        '--issuer=' . scratch('issuers.pem'), '--certificate=' . scratch('leaf.pem'), "--at=$AT", '-o', 'json');
    return ('bad', $said) if grep { $_ eq 'revocation.revoked' } @ids;
    return ($code <= 1 ? 'good' : 'unknown', $said);
}

# Findings that may be a WARNING, but name a path that does not hold.
my %REFUSES = map { ("intermediates.$_" => 1) } qw(missing no-path root-missing expired revoked recommended inspected);

# The profile plays no part where a certificate is given: a short one is read sooner.
my $profile;

sub ours_about
{
    my ($row) = @_;
    return alone_about($row) if $row->{ocsp};
    put_files($row);
    $profile //= save('profile.ini', profile_text('test-root' => [certificate(sign => 0, spki => spki('R')), 'required', 'Root']));
    my ($code, $said, @ids) = plugin('check_scp_intermediates', '--roots=' . scratch('roots.pem'),
        (@{ $row->{between} } ? '--intermediates=' . scratch('between.pem') : ()), '--certificate=' . scratch('leaf.pem'), "--at=$AT",
        "--profile=$profile", ($row->{purpose} ? "--purpose=$row->{purpose}" : ()), "-w", "0:", "-c", "0:", ($row->{crls} ? '--with-crl=' . scratch('lists.pem') : ()), '-o', 'json');
    return ('unknown', $said) if $code == 3;
    return ($code <= 1 && !(grep { $REFUSES{$_} } @ids) ? 'good' : 'bad', $said);
}

1;
