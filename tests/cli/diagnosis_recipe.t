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
use Snapshot;
use Test::More;

my $NAME = 'check_scp';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
defined which('openssl') or plan skip_all => 'no openssl';

my $COMMAND = 'scp-snapshot.cmd C:\scp-snapshot';
for my $file (qw(README.md man/scp-plugins.7 quickstart)) {
    my $text = slurp("$SOURCE/$file") =~ s/\\e/\\/gr =~ s/\\\\/\\/gr;
    like($text, qr/^[^\n]*\Q$COMMAND\E/m, "$file names the command");
    unlike($text, qr/reg export HK/, '... and no exports one by one');
}
like(slurp("$SOURCE/README.md"), qr/^check_scp -R scp-snapshot$/m, 'and the call that reads what it makes');

my $w = world();
my $profile = save('demo.ini', profile($w));
my $log = save('clean.log', log_text(0), time);

sub without
{
    my ($server, $pattern) = @_;
    return { map { $_ => $server->{$_} } grep { !/$pattern/ } keys %$server };
}

my $at = time;
sub collect { my ($server, @more) = @_; return ('-R', snapshot($server, begun => $at, @more)) }
sub diagnose { return run_json([$NAME, '-v', "--profile=$profile", '--skip=revocation', @_]) }

my $healthy = scp_registry($w);
my %SERVER = (
    'a healthy server' => $healthy,
    'one without any policy' => without($healthy, qr/\\Policies\\/),
    'one without settings of the chain engine' => without($healthy, qr/EncodingType 0/),
    'one without EnterpriseCertificates' => without($healthy, qr/EnterpriseCertificates/),
    'one with none of what may be absent' => without($healthy, qr/\\Policies\\|EncodingType 0|EnterpriseCertificates\\/),
);
for my $name (sort keys %SERVER) {
    my $r = diagnose(collect($SERVER{$name}), "--log=$log");
    is($r->{json}{state}, 'OK', "$name: OK") or diag($r->{out});
    is(join(' ', map { $r->{json}{facts}{causes}{$_}{state} } qw(autoupdate roots intermediates)), 'absent absent absent',
        '... and no cause');
    is(join(' ', grep { /not-covered/ } map { $_->{id} } @{ $r->{json}{findings} }), '', '... and nothing was left out');
    is(diagnose(collect($SERVER{$name}))->{json}{state}, 'OK', '... also without a log');
    is(diagnose(collect($SERVER{$name}, log => { 'dmpuploader.log' => log_text(0) }))->{json}{state}, 'OK', '... and with its own');
}

# The same of a broken one: nothing is taken for healthy.
my $r = diagnose(collect(without(scp_registry($w, update => 'off', root => 0), qr/EnterpriseCertificates/)), "--log=$log");
is($r->{json}{state}, 'CRITICAL', 'the article\'s failure is seen by it');
$r = diagnose(collect(without($healthy, qr/\\ROOT|\\AuthRoot/)));
isnt($r->{json}{state}, 'OK', 'a server without roots is not healthy');

# Nor is anything called a cause for being refused.
for my $key (map { $_->[2] } snapshot_keys()) {
    my $r = diagnose(collect($healthy, refused => qr/\A\Q$key\E\z/));
    isnt($r->{json}{state}, 'CRITICAL', "$key refused: no alarm") or diag($r->{out});
    is(join(' ', grep { $r->{json}{facts}{causes}{$_}{state} eq 'present' } qw(autoupdate roots intermediates)), '', '... and no cause');
}

done_testing();
