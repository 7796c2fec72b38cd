#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whoever is told to import a certificate is told which: its file, where it is fetched from, and both digests, as openssl has them.
# Held against every remedy of every plugin that judges stores, in situations that need one.
use strict;
use warnings;
use File::Basename qw(basename);
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Said 'now';
use Scp;
use Test::More;

-x (plugin_path('check_scp') // '') or plan skip_all => 'check_scp is not built';
defined which('openssl') or plan skip_all => 'no openssl';

my $w = world();
my $profile = save('demo.ini', profile($w) =~ s/^(name = Demo TLS CA OCSP 02\n)/$1file = Demo02.crt\nurl = http:\/\/www.microsoft.com\/Demo02.crt\n/mr);

# file => [address, SHA-1, SHA-256]
sub digests { my ($c) = @_; my $f = save("x$_[1].der", $c->{der}); return map { (split ' ', `openssl dgst -r -$_ $f`)[0] =~ tr/a-f/A-F/r } qw(sha1 sha256) }
my %known = ('DemoGlobalRootG2.crt' => ['http://cacerts.digicert.com/DemoGlobalRootG2.crt', digests($w->{root}, 1)],
    'Demo TLS Root G2.crt' => ['http://caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt', digests($w->{cross}, 2)],
    'Demo02.crt' => ['http://www.microsoft.com/Demo02.crt', digests($w->{issuing}, 3)]);

# Of each certificate that it names, in one sentence or step by step: address, SHA-1, SHA-256.
sub pairs
{
    my ($remedy) = @_;
    my @all;
    push @all, [$1, $2, $3] while $remedy =~ /(https?:\S+?)(?: and compare it:|,) SHA-1 ([0-9A-F]{40}), SHA-256 ([0-9A-F]{64})/g;
    push @all, [$1, $3, $2] while $remedy =~ /curl\.exe .* (https?:\S+)\n.*SHA-256 ([0-9A-F]{64}): .*\nimport it \(SHA-1 thumbprint ([0-9A-F]{40})\):/g;
    return @all;
}

# What a remedy that imports leaves unsaid; '' if nothing.
sub unsaid
{
    my ($remedy) = @_;
    my @told = pairs($remedy) or return 'which certificate';
    my %file;
    for my $told (@told) {
        my @one = @$told;
        my ($file) = grep { "@{ $known{$_} }" eq "@one" } sort keys %known;
        return "what @one is" if !defined $file;
        $file{$file} = 1;
    }
    my @commands = $remedy =~ /-addstore (?:Root|CA) ("[^"]+"|[^\s);,]+)/g or return 'the command';
    tr/"//d for @commands;
    my @strange = grep { !$file{$_} && !($_ eq 'FILE' && keys %file > 1) } @commands;
    return @strange ? "the file of the command (@strange)" : '';
}

isnt(unsaid('import it (certutil -addstore Root FILE)'), '', 'a remedy can leave something unsaid');

my %seen;
sub holds
{
    my ($name, $plugin, %registry) = @_;
    my $file = save("$name.reg", windows_export(scp_registry($w, %registry)), time);
    my $r = run_json([$plugin, "--profile=$profile", '-R', $file, ($plugin eq 'check_scp' ? ('--skip=revocation', '--skip=status') : ())]);
    my @advice = grep { $_->{state} ne 'OK' && $_->{remedy} =~ /-addstore/ } @{ $r->{json}{findings} };
    my @bad = map { my $u = unsaid($_->{remedy}); $u eq '' ? () : "$_->{id}: $u" } @advice;
    is_deeply(\@bad, [], "$plugin, $name: each import is told in full");
    $seen{ $_->{id} } = 1 for @advice;
    return;
}

for my $plugin (qw(check_scp check_scp_roots check_scp_intermediates)) {
    holds('update off', $plugin, update => 'off', root => 0);
    holds('on demand', $plugin, root => 0);
    holds('no list for long', $plugin, update => 'stale', root => 0);
    holds('no chain', $plugin, chain => 0);
    holds('nothing', $plugin, update => 'off', root => 0, chain => 0);
}
is_deeply([grep { !$seen{$_} } qw(roots.missing roots.on-demand intermediates.missing intermediates.root-missing diagnosis.roots diagnosis.intermediates)],
    [], 'the findings that ask for a certificate were there');

# The families of the profiles that are built in do chain, as openssl sees it: what is to come is not verified again each time.
my (%cert, @family);
my $ini = "$FindBin::Bin/../../data/common.ini";
for my $section (split /^(?=\[)/m, slurp($ini)) {
    my ($kind, $alias) = $section =~ /\A\[(root|ca|family) (\S+)\]/ or next;
    my %key = $section =~ /^(\w+) = (.*)$/mg;
    push @family, [$alias, \%key] if $kind eq 'family';
    $cert{$alias} = save("$alias.pem", "-----BEGIN CERTIFICATE-----\n" . join("\n", $key{der} =~ /(.{1,64})/g)
        . "\n-----END CERTIFICATE-----\n") if defined $key{der};
}
ok(@family > 1, 'there are families in ' . basename($ini));
for (@family) {
    my ($alias, $key) = @$_;
    my @via = map { $cert{$_} // () } split ' ', $key->{via} // '';
    my @bad = grep { system("openssl verify -no-CApath -no-CAstore -attime 1795996800 -CAfile $cert{$key->{anchor}} "
            . join(' ', map { "-untrusted $_" } @via) . " $_ >/dev/null 2>&1") != 0 }
        @via, map { $cert{$_} // () } split ' ', $key->{any_of};
    is_deeply(\@bad, [], "$alias: its certificates chain to its anchor");
}

done_testing();
