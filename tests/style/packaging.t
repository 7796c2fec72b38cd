#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where plugins go on which distribution, in roots that look like theirs; what make-sbom says of an archive.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/../tools";
use JSON::PP ();
use Scp;
use Test::More;

my $roots = 0;
sub folder
{
    my ($prefix, $release, @folders) = @_;
    my $root = scratch('root' . ++$roots);
    make_path("$root/etc", map { "$root$_" } @folders);
    write_bytes("$root/etc/os-release", $release) if defined $release;
    return (split ' ', `sh '$SOURCE/contrib/plugin-folder' '$prefix' '$root'`)[0];
}
my ($debian, $ubuntu, $fedora, $rocky, $suse, $arch, $alpine) = ("PRETTY_NAME=\"Debian\"\nID=debian\n", "ID=ubuntu\nID_LIKE=debian\n", "ID=fedora\n",
    "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "ID=arch\n", "ID=alpine\n");
is(folder('NONE', $debian), '/usr/lib/nagios/plugins', 'Debian');
is(folder('/usr', $ubuntu), '/usr/lib/nagios/plugins', 'Ubuntu');
is(folder('NONE', $fedora, '/usr/lib64'), '/usr/lib64/nagios/plugins', 'Fedora');
is(folder('/usr', $rocky, '/usr/lib64'), '/usr/lib64/nagios/plugins', 'Rocky');
is(folder('NONE', $suse, '/usr/lib64'), '/usr/lib/nagios/plugins', 'openSUSE');
is(folder('NONE', $_), '/usr/lib/monitoring-plugins', 'Arch, Alpine') for $arch, $alpine;
is(folder('NONE', $arch, '/usr/lib/nagios/plugins'), '/usr/lib/nagios/plugins', 'what is there comes first');
is(folder('NONE', "ID=haiku\n"), '/usr/local/lib/nagios/plugins', 'a system that is not known');
is(folder('/usr', undef), '/usr/lib/nagios/plugins', 'none');
is(folder('/opt/scp', $debian, '/usr/lib/nagios/plugins'), '/opt/scp/lib/nagios/plugins', "a prefix of one's own");

SKIP: {
    skip 'no tar or xz', 5 if grep { !defined which($_) } qw(tar xz);
    make_path(scratch('tree/some-1.2.3/lib'));
    write_bytes(scratch('tree/some-1.2.3/README'), 'words');
    write_bytes(scratch('tree/some-1.2.3/lib/a.c'), 'int a;');
    my $archive = scratch('some-1.2.3.tar.xz');
    is(system('tar', '-C', scratch('tree'), '-cJf', $archive, 'some-1.2.3'), 0, 'an archive');
    my $sbom = eval { JSON::PP->new->utf8->decode(scalar `SOURCE_DATE_EPOCH=1 '$^X' '$SOURCE/contrib/make-sbom' '$archive'`) } // {};
    is_deeply([map { "$_->{fileName} $_->{checksums}[1]{checksumValue}" } @{ $sbom->{files} }],
        [map { "./$_->[0] " . sha256_hex($_->[1]) } ['README', 'words'], ['lib/a.c', 'int a;']], 'make-sbom: each file, with its digest');
    is($sbom->{packages}[0]{checksums}[0]{checksumValue}, sha256_hex(slurp($archive)), '... and that of the archive');
    is($sbom->{creationInfo}{created}, '1970-01-01T00:00:01Z', '... at the time that was given');
    my %known = map { $_->{SPDXID} => 1 } $sbom, @{ $sbom->{packages} }, @{ $sbom->{files} };
    is_deeply([grep { !$known{$_} } map { @$_{qw(spdxElementId relatedSpdxElement)} } @{ $sbom->{relationships} }], [], '... relations are between what is there');
}
done_testing();
