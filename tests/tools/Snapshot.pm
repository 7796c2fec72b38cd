# SPDX-License-Identifier: GPL-3.0-or-later
#
# Folders as contrib/windows/scp-snapshot.cmd writes them of a server, for the tests: which keys it takes is read from the script
# itself, all else is made here.
package Snapshot;

use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(strftime);
use Scp;

our @EXPORT = qw(snapshot_keys snapshot manifest_lines);

# [exported|queried, file, key, value] for each key of the script, in its order.
sub snapshot_keys
{
    my $text = slurp("$SOURCE/contrib/windows/scp-snapshot.cmd") =~ s/\r//gr;
    my @keys;
    while ($text =~ /^call :(key|values) (\S+) "([^"]+)"(?: "([^"]+)")?$/mg) {
        my ($how, $file, $key, $value) = ($1, $2, $3, $4);
        push @keys, [$how eq 'key' ? 'exported' : 'queried', $file, $key, $value];
    }
    return @keys;
}

sub long { return $_[0] =~ s/\AHKLM\\/HKEY_LOCAL_MACHINE\\/r =~ s/\AHKU\\/HKEY_USERS\\/r }

# Keys that every Windows Server has.
my $ALWAYS = qr/\A(?:HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\(?:SystemCertificates|EnterpriseCertificates|Cryptography\\OID)
    |HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates)\z/xi;

# The files of a snapshot: [line without size, bytes or undef].
# Options: refused (a pattern of keys), log, older, messages, people: { name => bytes }.
sub parts
{
    my ($registry, %o) = @_;
    my @parts;
    for my $row (snapshot_keys()) {
        my ($how, $file, $key, $value) = @$row;
        my $long = long($key);
        my $part = only_keys({ $long =~ $ALWAYS ? ($long => {}) : (), %$registry }, $long);
        if ($o{refused} && $key =~ $o{refused}) {
            push @parts, ["refused $key"];
        } elsif (!%$part && $long =~ /\\(?:Microsoft\\Cryptography|CurrentVersion)\z/) {
            push @parts, [qq(# no "$value" in "$key")];    # the key itself is there on every Windows
        } elsif (!%$part) {
            push @parts, ["absent $key"];
        } elsif ($how eq 'exported') {
            push @parts, [$how, $file, $key, windows_export({ $long => {}, %$part })];
        } else {
            my $found = ($part->{$long} // {})->{$value};
            push @parts, $found ? [$how, $file, $key, reg_query_text({ $long => { $value => $found } })] : [qq(# no "$value" in "$key")];
        }
    }
    for my $kind (qw(log older messages people)) {
        push @parts, map { [$kind, $_, undef, $o{$kind}{$_}] } sort keys %{ $o{$kind} // {} };
    }
    return @parts;
}

# Writes it; returns its path.  More options: begun (a time, or a text), modified (of the manifest).
my $serial = 0;
sub snapshot
{
    my ($registry, %o) = @_;
    my $dir = scratch('snapshot ' . ++$serial);
    mkdir $dir or die "$dir: $!";
    my ($files, @lines) = (0);
    for my $part (parts($registry, %o)) {
        my ($kind, $file, $key, $bytes) = @$part;
        push @lines, defined $bytes ? join(' ', $kind, $file, length $bytes, $key // ()) : $kind;
        next if !defined $bytes;
        write_bytes("$dir/$file", $bytes);
        $files++;
    }
    my $begun = $o{begun} // $NOW - $HOUR;
    $begun = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $begun) if $begun =~ /\A\d+\z/;
    manifest_lines($dir, ['scp-snapshot 1', '# computer "SCP01"', "begun $begun", @lines, "ended $begun", "complete $files"], $o{modified});
    return $dir;
}

# Reads the lines of a folder's manifest, or writes them.
sub manifest_lines
{
    my ($dir, $lines, $modified) = @_;
    return split /\r\n/, slurp("$dir/manifest.txt") if !$lines;
    return write_bytes("$dir/manifest.txt", join('', map { "$_\r\n" } @$lines), $modified // $NOW - $HOUR);
}

1;
