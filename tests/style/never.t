#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What no text of ours proposes: catalogues, sources, manuals, README, help files.  A remedy that weakens the server is none.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my %NEVER = (
    'revocation switched off' => qr/(?:switch|turn)(?:ing)? (?:the )?(?:check for )?revocation(?: checks?)? off|disabl(?:e|ing) (?:the )?revocation|CheckCertificateRevocation *=|set CertificateRevocation/i,
    'publishing into the directory' => qr/-dspublish/i,
    'resetting the proxy' => qr/winhttp reset proxy/i,
    'deleting what Windows cached' => qr/delete (?:the (?:value|key) )?"?(?:EncodedCtl|LastSyncTime|DisallowedCertEncodedCtl|AuthRoot\\+Certificates)|reg delete|Remove-Item/i,
    'a whole store emptied' => qr/delstore (?:"?Disallowed"?|"?Root"?|"?AuthRoot"?|"?CA"?)(?: \*|["',;.)]|\z)/i,
    'a weaker key policy' => qr/(?:set|lower|reduce) (?:MinRsaPubKeyBitLength|WeakRsa\w*|EnableWeakSignatureFlags)/i,
    'roots in bulk' => qr/addstore (?:-f )?"?(?:Root|AuthRoot)"? \S*\.sst/i,
    'an inspection in a store' => qr/import (?:the |its )?(?:inspection|proxy'?s|gateway'?s|filter'?s)[^.;]*(?:certificate|root|issuer|CA)\b/i,
    'an intermediate in Root' => qr/(?:intermediates?|cross-certificate)[^.;:(]{0,60}(?:into|to) (?:LocalMachine\\+)?Root\b|intermediates?[^.;]{0,40}addstore "?Root/i,
    'a password for the proxy' => qr/(?:set|save|store|give)[^.;]{0,40}proxy password/i,
);
# A text as it stands in C: neighbouring literals are one.
sub texts
{
    my ($file) = @_;
    open my $in, '<', "$top/$file" or die "$file: $!";
    my $text = do { local $/; <$in> };
    return ($text =~ s/\n/ /gr) if $file !~ /\.[ch]\z/;
    my @texts;
    $text =~ s{/\*.*?\*/}{ }gs;
    while ($text =~ /((?:"(?:[^"\\\n]|\\.)*"\s*)+)/g) {
        my $literal = join '', $1 =~ /"((?:[^"\\\n]|\\.)*)"/g;
        push @texts, $literal =~ s/\\(.)/$1/gr;
    }
    return @texts;
}

my @files = split /\n/, `cd '$top' && find lib plugins -name '*.[ch]'; cd '$top' && ls man/*.[1-8] README.md`;
cmp_ok(scalar @files, '>', 100, 'texts were found');
for my $what (sort keys %NEVER) {
    my @found;
    for my $file (@files) {
        push @found, map { "$file: $_" } grep { /$NEVER{$what}/ } map { substr $_, 0, 100_000 } texts($file);
    }
    is_deeply([map { substr $_, 0, 200 } @found], [], "nowhere: $what");
}

# The patterns see what they are for.
my %SEEN = (
    'revocation switched off' => 'switch revocation off', 'publishing into the directory' => 'certutil -dspublish -f x RootCA', 'resetting the proxy' => 'netsh winhttp reset proxy',
    'deleting what Windows cached' => 'delete EncodedCtl', 'a whole store emptied' => 'certutil -delstore Disallowed', 'a weaker key policy' => 'set MinRsaPubKeyBitLength to 2048 or less',
    'roots in bulk' => 'certutil -addstore Root roots.sst', 'an inspection in a store' => q(import the inspection's root), 'an intermediate in Root' => 'import the intermediate into LocalMachine\Root',
    'a password for the proxy' => 'save the proxy password',
);
for my $what (sort keys %NEVER) {
    like($SEEN{$what}, $NEVER{$what}, "seen where it is: $what");
}
done_testing();
