#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# May CryptSvc write what the update writes?  Permissions of hives, made here from SDDL, and what check_scp_autoupdate and
# check_scp_roots say of them.  (Inferred where they were not read: beside.t.)
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../tools";
use Digest::SHA qw(sha1);
use Encode qw(encode);
use JSON::PP ();
use Pki;
use Said;
use Scp;
use Test::More;

-x (plugin_path('check_scp_autoupdate') // '') or plan skip_all => 'check_scp_autoupdate is not built';
plan skip_all => no_hives() if no_hives();

my $root = certificate(cn => 'Test Root', serial => 1);
my $profile = save('test.ini', profile_text('test-root' => [$root, 'required', 'Test Root']));
my $files = 0;
# The service's SID, from its name (MS-DTYP: S-1-5-80 and the SHA-1 of the name in upper case).
my $CS = 'S-1-5-80-' . join '-', unpack 'V5', sha1(encode('UTF-16LE', 'CRYPTSVC'));
my $OTHER = 'S-1-5-80-1-2-3-4-5';
my $GROUP = 'S-1-5-21-1-2-3-1005';

# What Windows has: AuthRoot gives it to CryptSvc and what is below inherits it; SYSTEM and Administrators all, Users read.
my $DEFAULT = "(A;CIID;KA;;;$CS)(A;CIID;KA;;;SY)(A;CIID;KA;;;BA)(A;CIID;KR;;;BU)(A;CIIOID;KA;;;CO)(A;CIID;KR;;;AC)";
my $WITHOUT = '(A;CIIO;KA;;;CO)(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)(A;CI;KR;;;AC)';
sub d { return descriptor("O:SYG:SYD:$_[0]") }

my %below = ('Microsoft\Windows NT\CurrentVersion' => { CurrentBuild => reg_sz('20348') });
for my $machine (machine(root => [$root])) {
    for my $key (keys %$machine) {
        (my $short = $key) =~ s/\AHKEY_LOCAL_MACHINE\\SOFTWARE\\// or next;
        $below{$short} = $machine->{$key};
    }
}
my $AUTHROOT = 'Microsoft\SystemCertificates\AuthRoot';

# hive(AutoUpdate => DESCRIPTOR, …); what is not named is as Windows has it, '' has the list of the hive's top.
sub hive
{
    my (%of) = @_;
    my %registry = (%below, map { ("$AUTHROOT\\$_" => $below{"$AUTHROOT\\$_"} // {}) } qw(AutoUpdate Certificates CRLs CTLs));
    my %security = map { my $d = $of{$_} // d("AI$DEFAULT"); $d ne '' ? ("$AUTHROOT\\$_" => $d) : () } qw(AutoUpdate Certificates CRLs CTLs);
    return 'hive:' . save('key' . ++$files, hive_bytes(\%registry, security => \%security, name => '\SystemRoot\System32\Config\SOFTWARE'));
}
sub access_of
{
    my ($name, $hive, $may, $text) = @_;
    my $r = run_json(['check_scp_autoupdate', '-v', "--at=$AT", "--profile=$profile", '-R', $hive]);
    my ($f) = finding($r, 'autoupdate.key-denied');
    is_deeply($r->{json}{facts}{update_access}{may_write}, defined $may ? $may ? JSON::PP::true() : JSON::PP::false() : undef, $name) or diag($r->{out});
    is(defined $f ? $f->{state} : '', defined $may && !$may ? 'CRITICAL' : '', "$name: the finding");
    like($f->{text} // '', $text, "$name: its text") if defined $text;
    return ($f, $r);
}
sub update { return access_of($_[0], hive(AutoUpdate => ref $_[1] ? ${ $_[1] } : d($_[1])), @_[2 .. $#_]) }

# --- Who has it ---

update('as Windows has it', "AI$DEFAULT", 1);
my ($f) = update('the grant is gone', "PAI$WITHOUT", 0,
    qr/\Aenabled, but CryptSvc may not write to HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate: no entry of its permissions allows it, and it inherits none\z/);
like($f->{remedy}, qr/\Agive NT SERVICE\\CryptSvc full control of HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot and of all keys below it again\n.*Enable inheritance/s, 'what mends it');
update('the same, inheriting', "AI$WITHOUT", 0, qr/allows it\z/);
update("to $_", "AI$WITHOUT(A;;KA;;;$_)", 1) for qw(NS WD AU SU BU S-1-2-0 S-1-5-80-0);
update("to $_ alone", "AI(A;;KA;;;$_)", 0) for qw(SY BA LS IU CO AC S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464 S-1-15-3-1024-1065365936-1281604716);
update("to $_, which it may be", "AI(A;;KA;;;$_)", undef) for $OTHER, $GROUP;
update('generic rights', "AI(A;;GA;;;$CS)", 1);
update('those to write and to read', "AI(A;;GWGR;;;$CS)", 1);
update('read and write are enough', "AI(A;;KW;;;$CS)(A;;KR;;;BU)", 1);
update('setting values alone: what Windows asks for is not known', "AI(A;;0x2;;;$CS)", undef);
update('all but setting values', "AI(A;;0xF003D;;;$CS)", 0);
update('inherit-only', "AI(A;CIIO;KA;;;$CS)", 0);
update('no list', 'NO_ACCESS_CONTROL', 1);
update('no list at all', \descriptor('O:SYG:SY'), 1);
update('an empty list', 'P', 0);

# --- Denials, by their order ---

($f) = update('denied to everyone', "AI(D;;KA;;;WD)$DEFAULT", 0, qr/AutoUpdate: an entry of its permissions denies it to Everyone\z/);
like($f->{remedy}, qr/\Atake away the entry that denies Everyone to write to HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate\nregedit/, 'what mends that');
update('to the service', "AI(D;;0x2;;;$CS)$DEFAULT", 0, qr/denies it to NT SERVICE\\CryptSvc\z/);
update('behind the grant', "AI$DEFAULT(D;;KA;;;WD)", 1);
update('inherit-only', "AI(D;CIIO;KA;;;WD)$DEFAULT", 1);
update('to SYSTEM', "AI(D;;KA;;;SY)$DEFAULT", 1);
update('of another right', "AI(D;;0x20;;;WD)$DEFAULT", 1);
update('to a group that it may be in', "AI(D;;KA;;;$GROUP)$DEFAULT", undef);
update('to that group, and allowed to nobody', "AI(D;;KA;;;$GROUP)$WITHOUT", 0, qr/no entry/);
update('audited alone', "AI(AU;;KA;;;WD)$DEFAULT", 1);
update('on a condition', "AI(XD;;KA;;;WD)$DEFAULT", undef);
update('allowed on a condition', "AI$WITHOUT(XA;;KA;;;$CS)", undef);
update('for a kind of object', "AI(OD;;KA;;;WD)$DEFAULT", undef);
update('a kind of entry that nobody knows', "AI(55;;KA;;;WD)$DEFAULT", undef);

# --- The other keys ---

for my $key (qw(Certificates CRLs CTLs)) {
    access_of("$key refuses", hive($key => d("PAI$WITHOUT")), 0, qr/may not write to HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\\Q$key\E: no entry/);
    access_of("$key does not allow all", hive($key => d("AI(A;;KWKR;;;$CS)")), undef);
}

# --- What tells nothing ---

access_of('a hive whose keys all have one list: a program made it', hive(AutoUpdate => ''), undef);
for my $cut (0, 3, 19, 20, 24, 27, 28, 40) {
    access_of("a descriptor of $cut bytes", hive(AutoUpdate => substr d("PAI$WITHOUT"), 0, $cut), undef) if $cut > 0;
}
{
    my $d = d("PAI$WITHOUT");
    my %damage = ('a list beyond the end' => [16, pack 'V', 1 << 30], 'a list in the header' => [16, pack 'V', 4], 'more entries than there are' => [24, pack 'v', 99],
        'an entry of no length' => [30, pack 'v', 0], 'a SID of 200 parts' => [57, chr 200], 'another revision' => [0, chr 2], 'not self-relative' => [2, pack 'v', 4]);
    for my $name (sort keys %damage) {
        substr my $bad = $d, $damage{$name}[0], length $damage{$name}[1], $damage{$name}[1];
        access_of($name, hive(AutoUpdate => $bad), undef);
    }
}
access_of('an export', do { save('key.reg', windows_export(machine(root => [$root]))) }, undef);

# --- A root that Windows would fetch ---

{
    delete $below{$_} for grep { /ROOT\\Certificates\\/i } keys %below;
    for my $case (['may', d("AI$DEFAULT")], ['may not', d("PAI$WITHOUT")]) {
        my $hive = hive(Certificates => $case->[1]);
        my $r = run_json(['check_scp_roots', "--at=$AT", "--profile=$profile", '-R', $hive]);
        my $denied = grep { $_->{text} =~ /CryptSvc may not write to \S+\\Certificates/ } @{ $r->{json}{findings} };
        is(!!$denied, $case->[0] eq 'may not', "a root that is missing, and CryptSvc $case->[0] write") or diag($r->{out});
        next if !$denied;
        like((finding($r, 'roots.missing'))[0]{remedy} // '', qr/\A(?!.*sc config).*, or let Windows fetch it again: NT SERVICE\\CryptSvc is to have full control/s, 'missing, and what mends it');
    }
}

done_testing();
