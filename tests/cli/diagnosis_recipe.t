#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The recipe for collecting the registry, carried out on generated servers: what it brings is enough for an OK of a healthy one.
# One recipe stands everywhere.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Pki;
use Scp;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

# "reg export KEY FILE" lines of a text, in their order.
sub recipe
{
    my ($text) = @_;
    $text =~ s/\\e/\\/g;
    $text =~ s/\\\\/\\/g;
    return map { s/"//gr } $text =~ m{reg export ("[^"]+"|HKLM\S+ \S+) */y}mg;
}

my @README = recipe(slurp("$SOURCE/README.md"));
is(scalar @README, 4, 'the README has a recipe of four exports');
is_deeply([recipe(slurp("$SOURCE/man/scp-plugins.7"))], \@README, 'the manual has the same');
is_deeply([recipe(slurp("$SOURCE/quickstart"))], \@README, 'quickstart, too');
my ($call) = slurp("$SOURCE/README.md") =~ /^ {4}check_scp ((?:-R \S+ ?)+)$/m;
is_deeply([$call =~ /-R (\S+)/g], [map { (split ' ')[1] } @README], 'and the call reads what was exported');

my $w = world();
my $profile = save('demo.ini', profile($w));
my $log = save('clean.log', log_text(0), time);

# What "reg export" writes of a server: nothing, with an error, where the key is not there.
sub collect
{
    my ($id, $server) = @_;
    my @files;
    for my $line (@README) {
        my ($key, $file) = split ' ', $line;
        $key =~ s/\AHKLM/HKEY_LOCAL_MACHINE/;
        my $part = only_keys({ %$server, existing($server, $key) }, $key);
        push @files, '-R', save("$id-$file", windows_export($part), time) if keys %$part;
    }
    return @files;
}

# The key itself, where anything is below it or Windows always has it.
sub existing
{
    my ($server, $key) = @_;
    my $always = $key =~ /\\SOFTWARE\\(?:Policies\\Microsoft|Microsoft\\(?:SystemCertificates|EnterpriseCertificates|Cryptography\\OID))\z/;
    return $always || grep({ index($_, "$key\\") == 0 } keys %$server) ? ($key => $server->{$key} // {}) : ();
}

sub without
{
    my ($server, $pattern) = @_;
    return { map { $_ => $server->{$_} } grep { !/$pattern/ } keys %$server };
}

sub diagnose { return run_json([$NAME, '-v', "--profile=$profile", '--skip=revocation', @_]) }

my $healthy = scp_registry($w);
my %SERVER = (
    'a healthy server' => $healthy,
    'one without any policy' => without($healthy, qr/\\Policies\\/),
    'one without settings of the chain engine' => without($healthy, qr/EncodingType 0/),
    'one without EnterpriseCertificates' => without($healthy, qr/EnterpriseCertificates/),
    'one with none of what may be absent' => without($healthy, qr/\\Policies\\|EncodingType 0|EnterpriseCertificates\\/),
);
my $n = 0;
for my $name (sort keys %SERVER) {
    my $r = diagnose(collect('s' . $n++, $SERVER{$name}), "--log=$log");
    is($r->{json}{state}, 'OK', "$name: OK");
    is(join(' ', map { $r->{json}{facts}{causes}{$_}{state} } qw(autoupdate roots intermediates)), 'absent absent absent',
        '... and no cause');
    ok(finding($r, 'environment.not-covered') && finding($r, 'proxy.not-covered'), '... and what was not looked at is said');
    $r = diagnose(collect('t' . $n++, $SERVER{$name}));
    is($r->{json}{state}, 'OK', '... also without a log');
}

# The same of a broken one: nothing is taken for healthy by what the recipe leaves out.
my $r = diagnose(collect('off', without(scp_registry($w, update => 'off', root => 0), qr/EnterpriseCertificates/)), "--log=$log");
is($r->{json}{state}, 'CRITICAL', 'the article\'s failure is seen by it');
$r = diagnose(collect('cut', without($healthy, qr/\\ROOT|\\AuthRoot/)));
isnt($r->{json}{state}, 'OK', 'a server without roots is not healthy');
my @all = collect('part', $healthy);
$r = diagnose(@all[0, 1]);
isnt($r->{json}{state}, 'CRITICAL', 'the first export alone: nothing is called a cause for being left out');

# All keys that exist in one file, as copy /b and one after the other make it.
my $joined = save('joined.reg', join('', map { slurp($_) } grep { $_ ne '-R' } @all), time);
is(diagnose('-R', $joined, "--log=$log")->{json}{state}, 'OK', 'the four in one file');

# The status plugin has nothing to say of these exports, and says so.
is(run(['check_scp_status', @all])->{code}, 3, 'check_scp_status with these alone: nothing was looked at');

done_testing();
