#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lists that Microsoft published, against what an independent decoder found in them: put into a registry and read back as
# facts.lists of -o json -vv, they agree entry by entry.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use JSON::PP ();
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
-d "$SHARED/testdata/trust-lists" or plan skip_all => 'no shared test data (SCP_SHARED)';

my $G2 = 'DF3C24F9BFD666761B268073FE06D1CC8D4F82A4';
my $PREFIX = '1.3.6.1.4.1.311.10.11.';
my %VALUE = (trusted => 'EncodedCtl', disallowed => 'DisallowedCertEncodedCtl', other => 'EncodedCtl');
my %KIND = ('1.3.6.1.4.1.311.10.3.9' => 'trusted', '1.3.6.1.4.1.311.10.3.30' => 'disallowed', '1.3.6.1.4.1.311.12.1.1' => 'other');

sub truth { return JSON::PP->new->utf8->decode(slurp($_[0])) }

# What the truth file says, in the words of the plugin.
sub told
{
    my ($subject) = @_;
    my $attributes = $subject->{attrs} // {};
    my $name = $attributes->{"${PREFIX}11"};
    return { identifier => uc $subject->{id}, friendly_name => $name ? $name->{value} : '',
             properties => [sort { $a <=> $b } map { /\A\Q$PREFIX\E(\d+)\z/ ? $1 : () } keys %$attributes] };
}

sub found
{
    my ($subject) = @_;
    return { %$subject, properties => [sort { $a <=> $b } @{ $subject->{properties} }] };
}

my @truths = sort glob "$SHARED/testdata/trust-lists/*.truth.json";
ok(@truths >= 7, 'truth files');
for my $path (@truths) {
    my $truth = truth($path);
    my ($file) = $path =~ m{\A(.*)\.truth\.json\z};
    my ($name) = $file =~ m{([^/]+)\z};
    my $kind = $KIND{ $truth->{subjectUsage}[0] };
    my $export = save("$name.reg", windows_export(machine(update => { EncodedCtl => reg_binary(''),
        $VALUE{$kind} => reg_binary(slurp($file)) })));
    my $r = run_json([$NAME, "--at=$AT", '-R', $export, '-v', '-v']);
    my ($list) = grep { $_->{origin} eq $VALUE{$kind} } @{ $r->{json}{facts}{lists} };
    ok($list, "$name: read") or next;
    is($list->{kind}, $kind, "$name: kind");
    is($list->{sequence}, defined $truth->{sequenceNumber} ? uc $truth->{sequenceNumber} : undef, "$name: sequence number");
    is($list->{this_update}, $truth->{thisUpdate}, "$name: thisUpdate");
    is($list->{entries}, $truth->{subject_count}, "$name: entries");
    is_deeply([map { found($_) } @{ $list->{subjects} }], [map { told($_) } @{ $truth->{subjects} }],
        "$name: each entry, its properties and name");
    is(($list->{contains}{$G2} ? 1 : 0), ($truth->{has_digicert_global_root_g2} ? 1 : 0), "$name: DigiCert Global Root G2");
    my $signers = @{ $truth->{signers} };
    my $sha1 = $signers && $truth->{signers}[0]{digest} eq '1.3.14.3.2.26';
    is($list->{signature}, !$signers ? 'none' : $kind eq 'other' ? 'untrusted' : $sha1 ? 'weak' : 'ok', "$name: signature");
    is($list->{signer}, $signers ? $truth->{signed_certs}[0]{subject} : undef, "$name: signer");
}
done_testing();
