# SPDX-License-Identifier: GPL-3.0-or-later
#
# A stand-in for the AdminService of Configuration Manager: OData over plain HTTP on loopback, for real web servers to stand in
# front of.  The first part of a path says how it behaves: /MODE/AdminService/wmi/SMS_StatusMessage?…
package AdminService;

use strict;
use warnings;
use Exporter qw(import);
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Scp;
use Servers qw(start_program);

our @EXPORT = qw(start_service asked);

my $log;

# The requests so far, one line each: METHOD target authorization.
sub asked { return -e $log ? split /\n/, slurp($log) : () }

# start_service([[ID, EPOCH], …], origin): its port.  The origin is what next links begin with.
sub start_service
{
    my ($messages, $origin) = @_;
    $log //= scratch('adminservice.log');
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 20, ReuseAddr => 1)
        or die "listen: $!";
    start_program(sub {
        @SIG{qw(PIPE CHLD)} = ('IGNORE') x 2;
        while (my $c = $listener->accept) {
            next if fork;
            alarm 30;
            serve($c, $messages, $origin);
            POSIX::_exit(0);
        }
    });
    return $listener->sockport;
}

sub serve
{
    my ($c, $messages, $origin) = @_;
    my $head = '';
    while ($head !~ /\r\n\r\n/) { sysread $c, $head, 4096, length $head or return }
    my ($method, $target) = $head =~ /\A(\S+) (\S+)/;
    my ($authorization) = $head =~ /^Authorization: (.*?)\r$/mi;
    open my $out, '>>', $log;
    print {$out} "$method $target " . ($authorization // '-') . "\n";
    close $out;
    my ($status, $type, $body, $date) = reply($target, $messages, $origin);
    $date //= POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime);
    print {$c} "HTTP/1.1 $status\r\nContent-Type: $type\r\nDate: $date\r\nContent-Length: " . length($body)
        . "\r\nConnection: close\r\n\r\n$body";
    return;
}

sub refuse { my ($status, $why) = @_; return ($status, 'application/json', qq({"error":{"code":"","message":"$why"}})) }

sub reply
{
    my ($target, $messages, $origin) = @_;
    my ($path, $query) = split /\?/, $target, 2;
    my ($mode) = $path =~ m{\A/([a-z0-9-]+)/AdminService/wmi/SMS_StatusMessage\z}
        or return refuse('404 Not Found', 'no such class');
    my %q = map { my ($k, $v) = split /=/, $_, 2; s/%([0-9A-Fa-f]{2})/chr hex $1/ge for $k, $v; ($k => $v) } split /&/,
        $query // '';
    return ('200 OK', 'text/html', '<!DOCTYPE html><html><body>Sign in to continue</body></html>') if $mode eq 'page';
    return refuse('403 Forbidden', 'not an administrative user') if $mode eq 'forbidden';
    return refuse('500 Internal Server Error', 'broken') if $mode eq 'broken';
    return ('200 OK', 'application/json', '{"value": "nothing"}') if $mode eq 'other';
    return ('200 OK', 'application/json', '{"value": [' . '{"MessageID": 9605, "Time": "2026-11-23T11:00:00Z"},' x 3)
        if $mode eq 'cut';
    return ('200 OK', 'application/json', '{"value": []}' . ' ' x (9 << 20)) if $mode eq 'huge';
    if ($mode eq 'slow') { sleep 20; }
    my $filter = $q{'$filter'} // '';
    return refuse('400 Bad Request', 'Time cannot be filtered') if $mode eq 'notime' && $filter =~ /Time/;
    return refuse('400 Bad Request', 'no filters') if $mode eq 'nofilter' && $filter ne '';
    my @found = @$messages;
    if ($filter ne '') {
        my %wanted = map { $_ => 1 } $filter =~ /MessageID eq (\d+)/g;
        @found = grep { $wanted{ $_->[0] } } @found;
        if (my ($since) = $filter =~ /Time ge (\S+)/) { my $from = parse_time($since); @found = grep { $_->[1] >= $from } @found }
    }
    @found = sort { $b->[1] <=> $a->[1] } @found if ($q{'$orderby'} // '') =~ /\ATime desc\z/i && $mode ne 'unsorted';
    my $top = $q{'$top'} // 1_000_000;
    my ($skip, $size) = ($q{'$skip'} // 0, $mode eq 'pages' ? 2 : $mode =~ /\A(?:endless|circle|elsewhere|breaks)\z/ ? 1 : $top);
    $size = $top if $size > $top;
    my $more = $skip + $size < @found;
    my @page = $skip < @found ? splice @found, $skip, $size : ();
    my %answer = (value => [map { { MessageID => $_->[0], Time => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_->[1]),
        Component => 'SMS_DMP_UPLOADER',
                                    MachineName => 'scp01', Severity => -1073741824, RecordID => 7 } } @page]);
    my $rest = join '&', map { "$_=" . ($q{$_} =~ s/([^A-Za-z0-9\$().:-])/sprintf '%%%02X', ord $1/ger) } grep { $_ ne '$skip' } sort keys %q;
    my $next = "$origin$path?$rest&\$skip=" . ($skip + $size);
    $answer{'@odata.nextLink'} = $next if $mode eq 'pages' && $more;
    $answer{'@odata.nextLink'} = $next if $mode eq 'endless';
    $answer{'@odata.nextLink'} = "$origin$target" if $mode eq 'circle';
    $answer{'@odata.nextLink'} = 'https://evil.example/' if $mode eq 'elsewhere';
    $answer{'@odata.nextLink'} = $next if $mode eq 'breaks';
    return refuse('500 Internal Server Error', 'broken') if $mode eq 'breaks' && $skip > 0;
    my $date = $mode eq 'clock' ? POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime(time + 7200)) : undef;
    return ('200 OK', 'application/json; odata.metadata=minimal', JSON::PP->new->canonical->encode(\%answer), $date);
}

1;
