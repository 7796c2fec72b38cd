#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_scp_revocation asks for Windows' trust lists: good ones, and whatever else may come instead.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Pki;
use Scp;
use Test::More;
use TrustList;

-x (plugin_path('check_scp_revocation') // '') or plan skip_all => 'check_scp_revocation is not built';
which('openssl') or plan skip_all => 'openssl is not installed';
delete @ENV{qw(http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY)};

my $now = time;
my @common = (this_update => $now - 5 * $DAY, not_after => $now + 100 * $DAY);
my $list = trust_list(@common, entries => [map { list_entry(sprintf '%020d', $_) } 1 .. 50]);
my $disallowed = trust_list(@common, kind => 'disallowed', entries => [der_tlv(0x30, der_tlv(0x04, 'x' x 32))]);
my $good = cabinet('authroot.stl' => $list);

# What is served, and what class of reason is expected of it; a state where it is not CRITICAL.
my %CASE = (
    good => [$good, 'ok', 'OK'], stored => [cabinet('authroot.stl' => $list, method => 0), 'ok', 'OK'],
    beside => [cabinet('readme.txt' => 'x', 'authroot.stl' => $list), 'ok', 'OK'],
    old => [cabinet('authroot.stl' => trust_list(this_update => $now - 400 * $DAY, not_before => $now - 500 * $DAY, not_after => $now - 100 * $DAY)), 'ok', 'OK'],
    weak => [cabinet('authroot.stl' => trust_list(@common, signed => 'weak')), 'ok', 'WARNING'],
    odd => [cabinet('authroot.stl' => trust_list(@common, entries => [der_tlv(0x30, der_tlv(0x04, 'short'))])), 'ok', 'WARNING'],
    (map { $_ => [cabinet('authroot.stl' => trust_list(@common, signed => $_)), 'signature'] } qw(none broken digest usage stranger)),
    expired => [cabinet('authroot.stl' => trust_list(this_update => $now - 5 * $DAY, not_before => $now - 400 * $DAY, not_after => $now - 10 * $DAY)), 'signature'],
    future => [cabinet('authroot.stl' => trust_list(this_update => $now + 2 * $DAY)), 'not-yet-valid'],
    kind => [cabinet('authroot.stl' => $disallowed), 'type'], plain => [$list, 'type'], page => ['<html><body>Please log in</body></html>', 'intercepted'], empty => ['', 'type'],
    member => [cabinet('other.stl' => $list), 'parse'], path => [cabinet('..\authroot.stl' => $list), 'parse'], twice => [cabinet('authroot.stl' => $list, 'AUTHROOT.STL' => $list), 'parse'],
    trailing => [$good . 'x', 'parse'], damaged => [flip($good, length($good) - 5), 'parse'], 'list-cut' => [cabinet('authroot.stl' => substr $list, 0, 700), 'truncated'],
    cut => [substr($good, 0, -9), 'truncated'], critical => [cabinet('authroot.stl' => trust_list(@common,
        extensions => der_tlv(0xA0, der_tlv(0x30, der_tlv(0x30, der_oid('1.2.3'), der_tlv(0x01, "\xFF"), der_tlv(0x04, 'x')))))),
        'parse'],
    many => [cabinet(map { ("$_.stl" => 'x') } 1 .. 17), 'too-large'], large => [cabinet('authroot.stl' => "\0" x (4_194_305)), 'too-large'],
    lzx => [cabinet('authroot.stl' => $list, method => 0x1503), undef, 'UNKNOWN'], quantum => [cabinet('authroot.stl' => $list, method => 0x0742), undef, 'UNKNOWN'],
);
my $port = web({ map { ("ctl.example/$_" => $CASE{$_}[0]) } keys %CASE });
my $files = 0;

sub plugin
{
    my ($name, %o) = @_;
    my $text = "[profile]\nname = test\nas_of = 2026-11-01\nabout = test\n" . ($o{anchor} // list_anchor()) . "\n"
        . endpoint_section('list', url => "http://ctl.example/$name", kind => 'ctl',
        member => exists $o{member} ? $o{member} : 'authroot.stl', max_size => '8M');
    return ['check_scp_revocation', '--profile=' . save('lists' . ++$files . '.ini', $text, $now),
        "--connect-to=ctl.example:80:127.0.0.1:$port", '-v'];
}

plan skip_all => 'built without libmspack' if run(plugin('good'), any => 1)->{out} =~ /built without libmspack/;
for my $name (sort keys %CASE) {
    my ($bytes, $class, $state) = @{ $CASE{$name} };
    $state //= 'CRITICAL';
    my $r = verdict("$name: " . ($class // 'not judged'), plugin($name), $state,
        { 'revocation.valid' => ($class // '') eq 'ok' ? 'OK' : undef, 'ctl.weak' => $name eq 'weak' ? 'WARNING' : undef, 'ctl.nonconforming' => $name eq 'odd' ? 'WARNING' : undef,
          'revocation.undetermined' => $state eq 'UNKNOWN' ? 'UNKNOWN' : undef, $state eq 'CRITICAL' ? ("revocation.$class" => 'CRITICAL') : () });
    is($r->{json}{facts}{endpoints}[0]{class}, $class, "$name: class");
}
verdict('a list without a cabinet, where none is named', plugin('plain', member => undef), 'OK', { 'revocation.valid' => 'OK' });
verdict('a cabinet, where none is named', plugin('good', member => undef), 'OK', { 'revocation.valid' => 'OK' });
verdict('a list of a root that the profile does not name', plugin('good', anchor => ''), 'CRITICAL',
    { 'revocation.signature' => 'CRITICAL' });
my ($endpoint) = @{ run_json(plugin('good'))->{json}{facts}{endpoints} };
like($endpoint->{message}, qr/verified, 50 entries/, 'the facts tell what came');
is($endpoint->{this_update}, POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $now - 5 * $DAY), 'and of when it is');
done_testing();
