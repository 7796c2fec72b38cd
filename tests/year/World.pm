# SPDX-License-Identifier: GPL-3.0-or-later
#
# A service connection point and the hosts it asks, day by day: what the events of the story (story.txt) make of certificates, lists,
# stores, settings, clock and logs, and what files and answers of a day say of it.  It knows no verdict.
package World;

use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(strftime);
use DemoWorld;
use Logs;
use Pki;
use Scp;
use Servers;
use TrustList;

our @EXPORT = qw(new_world happens passes day_written asked_hosts carried_out figures);

my %STORE = (AuthRoot => SYSTEM_CERTIFICATES . '\AuthRoot', Root => SYSTEM_CERTIFICATES . '\ROOT', CA => SYSTEM_CERTIFICATES . '\CA',
    Disallowed => SYSTEM_CERTIFICATES . '\Disallowed');
my $LISTS = 'ctldl.windowsupdate.com';
my $TRUSTEDR = "$LISTS/msdownload/update/v3/static/trustedr/en";

# What is served where, and under which id the profile asks there.
my %PAGE = (
    'crl3.digicert.com/DemoGlobalRootG2.crl' => ['crl root', 'crl3'], 'crl4.digicert.com/DemoGlobalRootG2.crl' => ['crl root', 'crl4'],
    'www.microsoft.com/pkiops/crl/Demo%20TLS%20Root%20G2.crl' => ['crl cross', 'pkiops_crl'], 'crl2.microsoft.com/pkiops/crl/Demo%20TLS%20Root%20G2.crl' => ['crl cross', 'crl2_ms'],
    'ocsp.digicert.com/' => ['ocsp root', 'ocsp_dc'], 'oneocsp.microsoft.com/' => ['ocsp cross', 'oneocsp'],
    "$TRUSTEDR/authrootstl.cab" => ['list trusted'], "$TRUSTEDR/disallowedcertstl.cab" => ['list disallowed'],
    'cacerts.digicert.com/DemoGlobalRootG2.crt' => ['certificate root'], 'caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt' => ['certificate cross'],
);
my %MEMBER = (trusted => 'authroot.stl', disallowed => 'disallowedcert.stl');

sub http_date { return strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime $_[0]) }

# --- The beginning ---

sub issuing_ca
{
    my ($s, $name, $serial, $from, $to) = @_;
    return certificate_of($s->{cert}{cross}, $name, serial => $serial, from => $from, to => $to, ext => DemoWorld::ca_extensions(',pathlen:0',
        'http://www.microsoft.com/pkiops/crl/Demo%20TLS%20Root%20G2.crl', 'http://oneocsp.microsoft.com/ocsp', 'http://caissuers.microsoft.com/pkiops/certs/Demo%20TLS%20Root%20G2.crt'));
}

# A leaf of half a year from that day, of the CA of that name.
sub leaf
{
    my ($s, $ca) = @_;
    return certificate_of($s->{cert}{$ca}, 'service.demo.example', from => $s->{now} - $DAY, to => $s->{now} + 180 * $DAY,
        ext => "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:service.demo.example\n"
            . "authorityInfoAccess=caIssuers;URI:http://www.microsoft.com/pkiops/certs/" . $s->{cert}{$ca}{cn} =~ tr/ /-/r . ".crt\n");
}

# new_world(FIRST DAY): before anything happened; what is needed is done by events.
sub new_world
{
    my ($day) = @_;
    my $s = { now => $day + 12 * $HOUR, clock => 0, update => 'on', export => 1, down => {}, made => {}, list => {}, cached => {}, synced => {}, log => [], said => [],
        downloads => 1, uploads => 1, folder => scratch('year') };
    mkdir $s->{folder};
    my $c = $s->{cert} = { root => authority('Demo Global Root G2', key => 'rsa', from => parse_time('2013-08-01'), to => parse_time('2038-01-15')) };
    $c->{cross} = certificate_of($c->{root}, 'Demo TLS Root G2', key => 'rsa', serial => '0b0c6b2c466917b0', from => parse_time('2025-06-20'), to => parse_time('2029-06-19'),
        ext => DemoWorld::ca_extensions('', 'http://crl3.digicert.com/DemoGlobalRootG2.crl', 'http://ocsp.digicert.com', 'http://cacerts.digicert.com/DemoGlobalRootG2.crt'));
    $c->{issuing} = issuing_ca($s, 'Demo TLS CA OCSP 02', '330000000c4964a1', parse_time('2023-06-08'), parse_time('2026-08-25'));
    $c->{successor} = issuing_ca($s, 'Demo TLS CA OCSP 04', '330000000c4964a2', parse_time('2025-08-01'), parse_time('2029-06-03'));
    $s->{store} = { 'root AuthRoot' => 1, 'cross CA' => 1, 'issuing CA' => 1 };
    $s->{answer} = { root => ocsp_answer($c->{root}, $c->{cross}, minutes => 60 * 24 * 7), cross => ocsp_answer($c->{cross}, $c->{issuing}, minutes => 60 * 24 * 7) };
    page_written($s, "certificate $_", $c->{$_}{der}) for qw(root cross);
    $s->{web} = web({ map { my $what = $PAGE{$_}[0]; ($_ => sub { served($s->{folder}, $what) }) } keys %PAGE });
    $s->{closed} = closed_port();
    return $s;
}

# --- Events ---

my %EVENT = (
    # the list of that date is released; another sequence number than the date's; whom a list of disallowed certificates names
    list => sub {
        my ($s, $kind, $date, %o) = @_;
        $s->{list}{$kind} = { date => parse_time($date), made => made_list($s, $kind, parse_time($date), %o) };
        page_written($s, "list $kind", cabinet($MEMBER{$kind} => $s->{list}{$kind}{made}));
    },
    publisher => sub { my ($s, undef, $date) = @_; $s->{publisher} = parse_time($date) },
    publish => sub { my ($s, $kind, $of, undef, $every, undef, $life) = @_; $s->{every}{"$kind $of"} = [$every, $life] },
    hold => sub { my ($s, $kind, $of) = @_; $s->{held}{"$kind $of"} = 1 },
    resume => sub { my ($s, $kind, $of) = @_; delete $s->{held}{"$kind $of"}; delete $s->{made}{"$kind $of"} },
    down => sub { my ($s, @hosts) = @_; $s->{down}{$_} = 1 for @hosts },
    up => sub { my ($s, @hosts) = @_; delete $s->{down}{$_} for @hosts },
    put => sub { my ($s, $cert, $store) = @_; $s->{store}{"$cert $store"} = 1 },
    take => sub { my ($s, $cert, $store) = @_; delete $s->{store}{"$cert $store"} },
    update => sub { my ($s, $is) = @_; $s->{update} = $is },
    clock => sub { my ($s, $days) = @_; $s->{clock} = $days * $DAY },
    leaf => sub { my ($s, undef, $ca) = @_; $s->{leaf} = leaf($s, $ca); $s->{issued_by} = $ca },
    profile => sub { my ($s, $date) = @_; $s->{profile} = profile_of($s, $date) },
    export => sub { my ($s, $is) = @_; $s->{export} = $is eq 'again' },
    downloads => sub { my ($s, $is) = @_; $s->{downloads} = $is eq 'again' },
    # a line of the uploader: that the chain cannot be built, or these words
    log => sub { my ($s, @words) = @_; push @{ $s->{said} }, "@words" eq 'chain-error' ? $CHAIN : "@words" },
);

sub happens
{
    my ($s, $verb, @words) = @_;
    ($EVENT{$verb} // die "story: no event '$verb'\n")->($s, @words);
    return;
}

sub made_list
{
    my ($s, $kind, $date, %o) = @_;
    my @entries = $kind eq 'trusted' ? list_entry($s->{cert}{root}{der}) : map { disallowed_entry($_->{der}) } $s->{distrusted} //= authority('Demo Distrusted CA'), map { $s->{cert}{$_} } $o{names} // ();
    return trust_list(kind => $kind, this_update => $date, entries => \@entries, $o{sequence} ? (sequence => pack 'H*', $o{sequence}) : (),
        $s->{publisher} ? (not_after => $s->{publisher}) : ());
}

sub profile_of
{
    my ($s, $date) = @_;
    my $c = $s->{cert};
    my $text = profile({ %$c, service => undef }) =~ s/^as_of = .*/as_of = $date/mr;
    # The profile knows the CA that takes over, too, as the shipped one knows eight.
    my ($both, $one) = (join(' ', map { fingerprint($c->{$_}{der}) } qw(issuing successor)), fingerprint($c->{issuing}{der}));
    $text =~ s/^any_of = $one$/any_of = $both/m;
    return save('year.ini', $text . DemoWorld::certificate_section('ca', 'demo-tls-ca-ocsp-04', $c->{successor}));
}

# --- A day ---

# Night falls and a day comes: what is due is published, Windows synchronises, the service exchanges data.
sub passes
{
    my ($s, $day) = @_;
    # It was a server before, too.
    if (!$s->{began}++) { passes($s, $day - $_ * $DAY) for reverse 1 .. 14 }
    $s->{now} = $day + 12 * $HOUR;
    publish($s, $_) for sort keys %{ $s->{every} };
    my $clock = $day + $s->{clock};    # midnight on the server
    if ($s->{update} eq 'on' && !$s->{down}{$LISTS}) {
        $s->{cached}{$_} = $s->{list}{$_} for keys %{ $s->{list} };
        $s->{synced} = $clock + 3 * $HOUR;
    }
    my %says = (downloader => [[4, $s->{downloads} ? 'Manifest.cab was successfully moved to the connector outbox' : 'Next cycle in 60 minutes'], [10, 'Waiting for changes']],
        uploader => [[5, (gmtime $day)[6] == 1 ? 'The content was successfully uploaded' : 'Nothing to upload, next cycle in 60 minutes'], (map { [9, $_] } splice @{ $s->{said} }), [10, 'Waiting for changes']]);
    for my $of (sort keys %says) { push @{ $s->{log} }, map { [$of, $clock + $_->[0] * $HOUR, $_->[1]] } @{ $says{$of} } }
    # Its logs reach ten days back.
    shift @{ $s->{log} } while @{ $s->{log} } && $s->{log}[0][1] < $clock - 10 * $DAY;
    $s->{exported} = exported($s) if $s->{export};
    return;
}

# At eleven, with the logs.
sub exported
{
    my ($s) = @_;
    return { %$s, (map { $_ => { %{ $s->{$_} } } } qw(store cached)), log => [@{ $s->{log} }], at => $s->{now} - $HOUR };
}

sub publish
{
    my ($s, $what) = @_;
    my ($kind, $of) = split / /, $what;
    my ($every, $life) = @{ $s->{every}{$what} };
    my $was = $s->{made}{$what};
    return if $was && ($s->{held}{$what} || $s->{now} - $was->{this} < ($every - 0.5) * $DAY);
    $s->{made}{$what} = { this => $s->{now} - 6 * $HOUR, next => $s->{now} - 6 * $HOUR + $life * $DAY };
    return;
}

# What was published and is not written yet.
sub signed
{
    my ($s, $what) = @_;
    my $made = $s->{made}{$what};
    return if $made->{written}++;
    my ($kind, $of) = split / /, $what;
    my $ca = $s->{cert}{$of};
    page_written($s, $what, $kind eq 'crl' ? crl($ca, %$made, $of eq 'cross' ? (revoked => [['99', $made->{this} - 30 * $DAY, 4]]) : ())
        : ocsp_later($s->{answer}{$of}, $ca, $made->{this} - made_at($s->{answer}{$of})));
    return;
}

# The second time in an answer is its thisUpdate.
sub made_at { my (undef, $at) = $_[0] =~ /\x18\x0f(\d{14})Z/g; return parse_time($at =~ s{(....)(..)(..)(..)(..)(..)}{$1-$2-$3T$4:$5:$6Z}r) }

sub logged { my ($s, $of) = @_; return join '', map { entry_old($_->[1], $_->[2], component => uc "SMS_DMP_$_->[0]") } grep { $_->[0] eq $of } @{ $s->{log} } }

sub registry
{
    my ($s) = @_;
    my $c = $s->{cert};
    my $r = scp_registry({ %$c, trusted => $s->{cached}{trusted}{made}, disallowed => $s->{cached}{disallowed}{made} }, update => $s->{update});
    delete @$r{ grep { /\\Certificates\\/ } keys %$r };
    for (sort keys %{ $s->{store} }) {
        my ($cert, $store) = split / /;
        put_certificate($r, $STORE{$store}, $c->{$cert}{der}, usual_properties($c->{$cert}{der}, $c->{$cert}{cn}));
    }
    $r->{ AUTO_UPDATE() }{$_} = reg_time($s->{synced}) for qw(LastSyncTime DisallowedCertLastSyncTime);
    return $r;
}

# The files of the day, and for each plugin its arguments.
sub day_written
{
    my ($s) = @_;
    signed($s, $_) for sort keys %{ $s->{made} };
    my $e = $s->{exported};
    # The other is an ordinary server, where nobody imports anything.
    my %twin = (%$e, store => { map { $_ => 1 } 'root AuthRoot', 'cross CA', 'issuing CA' }, update => 'on');
    my $f = $e->{files} //= { year => save('year.reg', windows_export(registry($e)), $e->{at}), twin => save('twin.reg', windows_export(registry(\%twin)), $e->{at}),
        map { $_ => save("dmp$_.log", logged($e, $_), $e->{at}) } qw(uploader downloader) };
    my @common = ("--at=\@$s->{now}", "--profile=$s->{profile}");
    my @logs = map { "--log=$f->{$_}" } qw(uploader downloader);
    my @net = ('--vantage=server', '--noproxy=*', '-t', 60, asked_hosts($s));
    return (roots => ['check_scp_roots', @common, '-R', $f->{year}], intermediates => ['check_scp_intermediates', @common, '-R', $f->{year}],
        ordinary => ['check_scp_intermediates', @common, '-R', $f->{twin}],
        leaf => ['check_scp_intermediates', @common, '-R', $f->{year}, '--certificate=' . save('leaf.pem', $s->{leaf}{pem})], autoupdate => ['check_scp_autoupdate', @common, '-R', $f->{year}],
        revocation => ['check_scp_revocation', @common, @net], status => ['check_scp_status', $common[0], '-R', $f->{year}, @logs], scp => ['check_scp', @common, '-R', $f->{year}, @net, @logs]);
}

# --- The hosts ---

sub asked_hosts
{
    my ($s) = @_;
    my %hosts = map { m{\A([^/]+)} ? ($1 => 1) : () } keys %PAGE;
    return map { "--connect-to=$_:80:127.0.0.1:" . ($s->{down}{$_} ? $s->{closed} : $s->{web}) } sort keys %hosts;
}

sub page { my ($folder, $what) = @_; return "$folder/" . $what =~ tr/ /-/r }
sub page_written { my ($s, $what, $bytes) = @_; write_bytes(page($s->{folder}, $what), $bytes); return }

# In the process of the web server.
sub served
{
    my ($folder, $what) = @_;
    return { body => slurp(page($folder, $what)), headers => { $what =~ /\Aocsp/ ? ('Content-Type' => 'application/ocsp-response') : () } };
}

# --- What figures are right ---

# plugin => { label => seconds }: what is left of each life, and how old things are.
sub figures
{
    my ($s) = @_;
    my ($c, $at) = ($s->{cert}, $s->{now});
    my $to = sub { my ($cert) = @_; return $c->{$cert}{to} - $at };
    my ($best) = sort { $b <=> $a } map { $to->($_) } grep { $s->{store}{"$_ CA"} } qw(issuing successor);
    # What lies in the future has no age.
    my $age = sub { my ($since) = @_; return $at < $since ? undef : $at - $since };
    my %ttl = map { my ($what, $id) = @$_; defined $id ? ("${id}_ttl" => $s->{made}{$what}{next} - $at) : () } map { $PAGE{$_} } grep { m{\A([^/]+)} && !$s->{down}{$1} } keys %PAGE;
    return (roots => { expiry => $to->('root') }, intermediates => { expiry => $best }, leaf => { expiry => $s->{leaf}{to} - $at }, ordinary => $to->('issuing') > 0 ? { expiry => $to->('issuing') } : {},
        autoupdate => { (map { $_ => $age->($s->{exported}{synced}) } qw(sync_age disallowed_age)), ctl_age => $age->($s->{exported}{cached}{trusted}{date}) },
        revocation => \%ttl, scp => { autoupdate_sync_age => $age->($s->{exported}{synced}) });
}

# --- The plan ---

# What certutil, certlm.msc, the owner of the policy or of the firewall would do.  Returns why not, or nothing.
sub carried_out
{
    my ($s, $step) = @_;
    my ($what, $where) = @$step{qw(what where)};
    if ($step->{class} == 3) {
        delete $s->{down}{$_} for @{ $step->{hosts} };
        return;
    }
    return happens($s, 'update', 'on') if $step->{class} == 4 && "$what $where" =~ /Turn off Automatic Root Certificates Update/;
    my ($cert) = grep { fingerprint($s->{cert}{$_}{der}) eq ($step->{sha1} // '') } qw(root cross issuing successor);
    return "no step that is known: $what" if !$cert;
    my ($store) = $where =~ /\ALocalMachine\\(Root|CA)\z/;
    return happens($s, 'put', $cert, $store) if $what =~ /\Aimport/ && defined $store && grep { /\Acertutil -addstore $store \S/ } @{ $step->{commands} };
    return happens($s, 'take', $cert, 'Disallowed') if $what =~ /\Atake/ && "@{ $step->{commands} }" eq "certutil -delstore Disallowed $step->{sha1}";
    return "no step that is known: $what";
}

1;
