# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the command line tests share: an encoder of certificates and registries
# that has no code in common with the decoders it tests, a way to run a plugin,
# and the rules that every answer of a plugin obeys.  Core modules only.
package Scp;

use strict;
use warnings;
use Cwd qw(abs_path);
use Digest::SHA qw(sha1 sha256);
use Encode qw(decode encode);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::PP ();
use POSIX qw(:sys_wait_h strftime);
use Test::More;
use Time::HiRes qw(time);

use lib dirname(__FILE__), dirname(__FILE__) . '/../../examples';
use JsonSchema ();
use Many ();
use Reference ();
use RegistryExport qw(
    reg_sz reg_dword reg_binary reg_time filetime parse_time der_tlv der_oid eku property cert_blob
    usual_properties put_certificate pem_certificates fingerprint windows_text windows_export write_bytes
    REG_SZ REG_BINARY REG_DWORD SYSTEM_CERTIFICATES POLICY_CERTIFICATES ENTERPRISE_CERTIFICATES AUTO_UPDATE
    SERVER_AUTH CLIENT_AUTH CODE_SIGNING EMAIL);

our @EXPORT = qw(
    $AT $NOW $HOUR $DAY $SOURCE $SHARED
    plugin_path no_hives run run_json check_contract state_name finding verdict scratch save shared_file slurp sanitized stalled
    certificate public_key der_sha256 machine only_keys profile_text reg_query_text samba_text regedit4_text
    hivexregedit_text reged_text utf16_without_bom hive_bytes descriptor sst_bytes openssl which
    reg_sz reg_dword reg_binary reg_time filetime parse_time der_tlv der_oid eku property cert_blob
    usual_properties put_certificate pem_certificates fingerprint windows_text windows_export write_bytes
    SYSTEM_CERTIFICATES POLICY_CERTIFICATES ENTERPRISE_CERTIFICATES AUTO_UPDATE
    SERVER_AUTH CLIENT_AUTH CODE_SIGNING EMAIL
);

our $AT = '2026-11-23T12:00:00Z';    # the day on which the tests judge
our $NOW = parse_time($AT);
our ($HOUR, $DAY) = (3600, 86_400);
our $SOURCE = abs_path(dirname(__FILE__) . '/../..');
our $SHARED = $ENV{SCP_SHARED} // "$SOURCE/../shared";

my $FAULTS = $ENV{SCP_MUTANTS_ASK};    # tests/mutation/InPlace.pm
require "$SOURCE/tests/mutation/InPlace.pm" if $FAULTS;

# A test that is told to end runs its END blocks, which stop the servers it started; what it forked just ends.
my $test = $$;
$SIG{$_} = sub { $$ == $test ? exit 143 : POSIX::_exit(143) } for qw(TERM INT HUP);

my $scratch = tempdir('scp-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my %public_key;

sub scratch { return defined $_[0] ? "$scratch/$_[0]" : $scratch }

# A file of the scratch folder, an hour old at $AT.
sub save
{
    my ($name, $bytes, $mtime) = @_;
    return write_bytes("$scratch/$name", $bytes, $mtime // $NOW - $HOUR);
}

# A file of the shared test data, or undef.
sub shared_file
{
    my ($name) = @_;
    my $path = "$SHARED/testdata/$name";
    return -e $path ? $path : undef;
}

sub slurp
{
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!";
    local $/;
    return <$in> // '';
}

sub which
{
    my ($name) = @_;
    for my $folder (split(/:/, $ENV{PATH} // ''), '/usr/sbin', '/sbin') {
        return "$folder/$name" if -x "$folder/$name" && !-d _;
    }
    return undef;
}

# --- Running ---

sub build_dir { return abs_path($ENV{top_builddir} // "$SOURCE/build") // '/nonexistent' }
sub plugin_path { my ($name) = @_; return ($ENV{SCP_PLUGINS} // build_dir() . '/plugins') . "/$name" }

# Programs that tests call are built here, also where the plugins are others.
sub tool { my ($name) = @_; return build_dir() . "/tests/tools/$name" }

# Built with a sanitizer, or run under another program: figures of time and memory then mean nothing.
sub sanitized
{
    my ($name) = @_;
    return 1 if $ENV{SCP_WRAPPER} || $ENV{SCP_PLUGINS};
    my $path = plugin_path($name) // return 0;
    return -e $path && slurp($path) =~ /__asan_init|__tsan_init|__msan_init/ ? 1 : 0;
}

# Why no hives are read: '' where they are.
my $no_hives;
sub no_hives
{
    $no_hives //= run(['check_scp_roots', '-R', 'hive:/nonexistent/hive'])->{out} =~ /built without libhivex/
        ? 'the plugins are built without hives' : '';
    return $no_hives;
}

# In the child: what it reads and writes.
sub redirect
{
    my ($o, $out, $err) = @_;
    open STDIN, '<', $o->{stdin} // '/dev/null' or POSIX::_exit(125);
    open STDERR, '>', $err or POSIX::_exit(125);
    if ($o->{closed}) {
        POSIX::close(1);
    } elsif (ref $o->{stdout}) {
        open STDOUT, '>&', $o->{stdout} or POSIX::_exit(125);
    } else {
        open STDOUT, '>', $o->{stdout} // $out or POSIX::_exit(125);
    }
    return;
}

# The program itself.
sub started
{
    my ($o, $out, $err, @command) = @_;
    my $pid = fork // die "fork: $!";
    return $pid if $pid != 0;
    setpgrp 0, 0;
    redirect($o, $out, $err);
    @ENV{ keys %{ $o->{env} } } = values %{ $o->{env} } if $o->{env};
    { no warnings 'exec'; exec { $command[0] } @command; }
    POSIX::_exit(126);
}

sub ended
{
    my ($pid) = @_;
    1 while waitpid($pid, 0) < 0 && $!{EINTR};
    return $?;
}

# Seconds, since the machine started, in which somebody waited for a processor, the disk or memory: what a duration may be longer by
# because of other work.  Without the kernel's pressure files much more than any test takes: nothing is too late then.
my $unknown = 0;
sub stalled
{
    my $all = 0;
    for my $kind (qw(cpu io memory)) {
        my $us = -r "/proc/pressure/$kind" && slurp("/proc/pressure/$kind") =~ /^some .*total=(\d+)/m ? $1 : return $unknown += 1e6;
        $all += $us / 1e6;
    }
    return $all;
}

# A run that says no deadline has one that a busy machine can keep.
sub patient
{
    my (@arguments) = @_;
    return (grep { /\A(?:-t|--timeout\b|--extra-opts|-[hV]\z|--(?:help|version|explain|list-))/ } @arguments) ? @arguments : ('-t', 100, @arguments);
}

# run([NAME, ARGUMENT…], option => …): { code, signal, out, err, rss (KiB), wall, seconds (wall without what other work took) }
# stdin, stdout: files, stdout also a handle; closed: no standard output; env: {…}; timeout: seconds; rss: measure the peak;
# started: called with the process id once it runs; any: the contract of its answer is not looked at; as_is: no deadline is added.
sub run
{
    my ($argv, %o) = @_;
    my ($name, @arguments) = @$argv;
    my ($out, $err, $peak) = map { "$scratch/run.$$.$_" } qw(out err peak);
    my @command = (plugin_path($name), $o{as_is} ? @arguments : patient(@arguments));
    unshift @command, split / /, $ENV{SCP_WRAPPER} if $ENV{SCP_WRAPPER};
    my %env = (%ENV, %{ $o{env} // {} });
    my $own = grep { m{/dev/fd/} } $o{stdin} // '', @arguments;    # descriptors of this process
    my $many = !$own && !(grep { $o{$_} } qw(closed started)) && !ref $o{stdout} && Many::serves(tool('many'));
    my $forks = $many && Many::forks(plugin_path($name), \%env);
    my $measured = $o{rss} && !$forks && -x '/usr/bin/time';
    unshift @command, '/usr/bin/time', '-q', '-f', '%M', '-o', $peak if $measured;
    unlink $out, $err, $peak;
    my $asked = { env => \%env, argv => \@command, as => !$forks ? Many::PROGRAM : $o{rss} ? Many::FORK : Many::THREAD,
        stdin => $o{stdin} // '/dev/null', stdout => $o{stdout} // $out, stderr => $err };
    InPlace::begin() if $FAULTS;
    my ($began, $stalled) = $o{rss} ? (time, stalled()) : ();
    my $pid = $many ? Many::start($asked) : started(\%o, $out, $err, @command);
    my $late = 0;
    local $SIG{ALRM} = sub { $late = 1; kill KILL => -$pid; kill KILL => $pid; };
    alarm(($o{timeout} // 300) * ($ENV{SCP_WRAPPER} || $ENV{SCP_PLUGINS} ? 6 : 1));
    $o{started}->($pid) if $o{started};
    my ($status, $held) = $many ? Many::await() : ended($pid);
    alarm 0;
    my %r = (code => $status >> 8, signal => $status & 127, late => $late, argv => [@arguments],
             out => -e $out ? slurp($out) : '', err => -e $err ? slurp($err) : '');
    InPlace::ask(\%r, $asked) if $FAULTS && $forks && !$o{stdout} && !$late;
    if ($o{rss} && ($forks || $measured && -s $peak)) {
        @r{qw(rss wall)} = ($forks ? $held : slurp($peak) + 0, time - $began);
        $r{seconds} = $r{wall} - (stalled() - $stalled);
    }
    Reference::compare(plugin_path($name), $name, \@arguments, \%o) if $ENV{SCP_REFERENCE};
    my $format = output_format(@arguments);
    my $judged = !$o{any};    # its contract
    check_contract(\%r, "@arguments") if $judged && $format eq 'plugin';
    read_json(\%r, "@arguments") if $judged && $format eq 'json' && $r{out} =~ /\A\{/;
    Said::check($name, \@arguments, \%r) if $INC{'Said.pm'};
    return \%r;
}

# '' for the options that answer themselves, which print for people.
sub output_format
{
    my @arguments = @_;
    my $format = 'plugin';
    for my $i (0 .. $#arguments) {
        return '' if $arguments[$i] =~ /\A--(?:help|version|explain|list-)/ || $arguments[$i] =~ /\A-[hV]\z/;
        $format = $1 if $arguments[$i] =~ /\A(?:-o|--output=)(\w+)\z/;
        $format = $arguments[ $i + 1 ] // '' if $arguments[$i] =~ /\A(?:-o|--output)\z/;
    }
    return $format;
}

my $NUMBER = qr/-?\d+(?:\.\d+)?/;
my $RANGE = qr/@?(?:(?:~|$NUMBER)?:)?$NUMBER?/;
my $PERFDATUM = qr/[a-z][a-z0-9_.-]*=$NUMBER(?:s|%|B|c)?(?:;(?:$RANGE)?(?:;(?:$RANGE)?(?:;(?:$NUMBER)?(?:;(?:$NUMBER)?)?)?)?)?/;

# What is wrong with an answer of -o plugin; empty when nothing is.
sub contract_breaches
{
    my ($r) = @_;
    my ($out, @bad) = ($r->{out});
    my ($first, @rest) = split /\n/, $out, -1;
    push @bad, "ended by signal $r->{signal}" if $r->{signal};
    push @bad, 'ran too long' if $r->{late};
    push @bad, "exit code $r->{code}" if $r->{code} > 3;
    push @bad, "standard error: $r->{err}" if $r->{err} ne '';
    return (@bad, 'no output') if !defined $first || $first eq '';
    push @bad, 'no line end at the end' if $out !~ /\n\z/;
    push @bad, 'a control byte' if $out =~ /[\x00-\x09\x0B-\x1F\x7F]/;
    my $text = eval { decode('UTF-8', $out, Encode::FB_CROAK | Encode::LEAVE_SRC) };
    push @bad, 'not UTF-8' if !defined $text;
    push @bad, 'a C1 control' if defined $text && $text =~ /[\x{80}-\x{9F}]/;
    push @bad, 'a bidirectional control' if defined $text && $text =~ /[\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]/;
    push @bad, "a '|' after line 1" if join("\n", @rest) =~ /\|/;
    push @bad, "more than one '|'" if ($first =~ tr/|//) > 1;
    push @bad, 'line 1 has ' . length($first) . ' bytes' if length $first > 900;
    push @bad, 'all has ' . length($out) . ' bytes' if length $out > 8000;
    push @bad, "line 1 is not 'SCP <WHAT> <STATE> - …'"
        if $first !~ /\ASCP (?:[A-Z]+ )?(OK|WARNING|CRITICAL|UNKNOWN)(?: \([^)]*\))? - \s*\S/
        || state_name($r->{code}) ne $1;
    if ($first =~ /\|(.*)\z/) {
        my %seen;
        for my $datum (split ' ', $1) {
            push @bad, "performance datum '$datum'" if $datum !~ /\A$PERFDATUM\z/;
            push @bad, "label twice: $datum" if $datum =~ /\A([^=]*)=/ && $seen{$1}++;
        }
    }
    return @bad;
}

sub check_contract
{
    my ($r, $what) = @_;
    my @bad = contract_breaches($r);
    return 1 if !@bad;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    fail("output contract: $what");
    diag(join("\n", @bad), "\n", substr($r->{out}, 0, 2000));
    return 0;
}

# {json}: the document, which doc/json.schema.json describes.
my $schema;
sub read_json
{
    my ($r, $what) = @_;
    $r->{json} = eval { JSON::PP->new->utf8->decode($r->{out}) } // return;
    $schema //= JsonSchema->new(slurp("$SOURCE/doc/json.schema.json"));
    my @faults = $schema->faults($r->{json}) or return;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    fail("doc/json.schema.json: $what");
    diag(join "\n", @faults[0 .. ($#faults > 9 ? 9 : $#faults)]);
    return;
}

sub state_name { return (qw(OK WARNING CRITICAL UNKNOWN))[ $_[0] ] // "?$_[0]" }

# … -o json: the answer with {json} beside it; a JSON that lies about its state fails a test.
sub run_json
{
    my ($argv, %o) = @_;
    my $r = run([@$argv, '-o', 'json'], %o);
    my $j = $r->{json};
    if (!$j) {
        fail("JSON: @$argv");
        diag(substr($r->{out}, 0, 500), $r->{err});
        $r->{json} = {};
    } elsif ($j->{schema} != 1 || $j->{exit_code} != $r->{code} || $j->{state} ne state_name($r->{code}) || $r->{err} ne '') {
        fail("JSON agrees with the exit code: @$argv");
        diag("exit $r->{code}, state $j->{state}, exit_code $j->{exit_code}, standard error '$r->{err}'");
    }
    return $r;
}

# The findings with that id (and subject).
sub finding
{
    my ($r, $id, $subject) = @_;
    return grep { $_->{id} eq $id && (!defined $subject || ($_->{subject} // '') eq $subject) } @{ $r->{json}{findings} // [] };
}

# verdict('name', [PLUGIN, ARGUMENT…], STATE, { id => STATE or undef (must not be there) }, qr/line 1/)
# Both as plugin output and as JSON, which must agree.
sub verdict
{
    my ($name, $argv, $state, $findings, $line, %o) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $plain = run([@$argv, '-o', 'plugin'], %o);
    my $r = run_json($argv, %o);
    $r->{plain} = $plain;
    subtest($name, sub {
        is(state_name($plain->{code}), $state, 'state') or diag($plain->{out});
        is(state_name($r->{code}), $state, 'state in JSON');
        like($plain->{out}, qr/\A[^\n]*$line/, 'line 1') if $line;
        for my $id (sort keys %{ $findings // {} }) {
            my %states = map { $_->{state} => 1 } finding($r, $id);
            is(join(' ', sort keys %states), $findings->{$id} // '', $id) or diag($plain->{out});
        }
        my ($first) = split /\n/, $plain->{out};
        my $said = decode('UTF-8', $first =~ s/ \|.*//sr);
        ok(length $said > 15, 'says something');
    });
    return $r;
}

# --- Certificates ---

# `openssl ARGUMENT…` with these bytes as its input: what it writes; dies with what it says.
sub openssl
{
    my ($input, @arguments) = @_;
    my $kept = $arguments[0] eq 'genpkey' ? kept_key(@arguments[1 .. $#arguments]) : undef;
    return slurp($kept) if $kept && -e $kept;
    my ($in, $out, $err) = map { "$scratch/openssl.$$.$_" } qw(in out err);
    defined $input ? write_bytes($in, $input) : ($in = '/dev/null');
    my @command = ('openssl', @arguments);
    if (Many::serves(tool('many'))) {
        Many::start({ env => \%ENV, argv => \@command, as => Many::forks_openssl(@arguments) ? Many::THREAD : Many::PROGRAM, stdin => $in, stdout => $out, stderr => $err });
        die "@command: " . slurp($err) if Many::await() != 0;
    } else {
        die "@command: " . slurp($err) if ended(started({ stdin => $in }, $out, $err, @command)) != 0;
    }
    keep_key($kept, slurp($out)) if $kept;
    return slurp($out);
}

# Private keys are made once a build: each test's first of a kind is the same, its second, and so on.  Where this one is kept, or undef.
my %kept;
sub kept_key
{
    my $kind = join('-', @_) =~ s/[^\w-]+/-/gr;
    my $folder = build_dir() . '/tests/keys';
    return -w $folder || mkdir($folder) ? "$folder/$kind-" . ++$kept{$kind} . '.pem' : undef;
}

sub keep_key { my ($path, $pem) = @_; return rename(write_bytes("$path.$$", $pem), $path) }

my %KEY = (
    rsa => ['RSA', 'rsa_keygen_bits:2048'],
    rsa3072 => ['RSA', 'rsa_keygen_bits:3072'],
    ec => ['EC', 'ec_paramgen_curve:P-256'],
);

# The SubjectPublicKeyInfo of a named key, made once per run.
sub public_key
{
    my ($name) = @_;
    return $public_key{$name} if $public_key{$name};
    my ($algorithm, $option) = @{ $KEY{$name} };
    write_bytes("$scratch/$name.pem", openssl(undef, 'genpkey', '-algorithm', $algorithm, '-pkeyopt', $option));
    return $public_key{$name} = openssl(undef, 'pkey', '-in', "$scratch/$name.pem", '-pubout', '-outform', 'DER');
}

sub der_time
{
    my ($unix) = @_;
    my $year = (gmtime $unix)[5] + 1900;
    return der_tlv(0x17, strftime('%y%m%d%H%M%SZ', gmtime $unix)) if $year >= 1950 && $year < 2050;
    return der_tlv(0x18, strftime('%Y%m%d%H%M%SZ', gmtime $unix));
}

# A name of one common name; bytes that are not text pass as they are.
sub der_name
{
    my ($cn) = @_;
    my $bytes = utf8::is_utf8($cn) ? encode('UTF-8', $cn) : $cn;
    return der_tlv(0x30, der_tlv(0x31, der_tlv(0x30, der_oid('2.5.4.3'), der_tlv(0x0C, $bytes))));
}

# certificate(cn => …): DER.  issuer, serial, not_before, not_after, key, sign (0: only filled up), ca
sub certificate
{
    my (%o) = (cn => 'Test Root', serial => 1, key => 'rsa', sign => 1, ca => 1,
               not_before => $NOW - 1000 * $DAY, not_after => $NOW + 4000 * $DAY, @_);
    my $spki = $o{spki} // public_key($o{key});
    my $algorithm = $o{key} =~ /\Arsa/ ? der_tlv(0x30, der_oid('1.2.840.113549.1.1.11'), der_tlv(0x05))
                                      : der_tlv(0x30, der_oid('1.2.840.10045.4.3.2'));
    my $serial = pack('N', $o{serial}) =~ s/\A\0+(?=.)//sr;
    my $basic = der_tlv(0x30, $o{ca} ? der_tlv(0x01, "\xFF") : '');
    my $tbs = der_tlv(0x30,
        der_tlv(0xA0, der_tlv(0x02, "\x02")),
        der_tlv(0x02, ord $serial >= 0x80 ? "\0$serial" : $serial),
        $algorithm, der_name($o{issuer} // $o{cn}),
        der_tlv(0x30, der_time($o{not_before}), der_time($o{not_after})),
        der_name($o{cn}), $spki,
        der_tlv(0xA3, der_tlv(0x30, der_tlv(0x30, der_oid('2.5.29.19'), der_tlv(0x01, "\xFF"), der_tlv(0x04, $basic)))));
    my $signature = $o{sign} ? openssl($tbs, 'dgst', '-sha256', '-sign', "$scratch/$o{key}.pem") : "\x55" x 256;
    return der_tlv(0x30, $tbs, $algorithm, der_tlv(0x03, "\0$signature"));
}

sub der_sha256 { return uc unpack('H*', sha256($_[0])) }

# --- Registries ---

my %STORE = (
    root => SYSTEM_CERTIFICATES . '\ROOT', authroot => SYSTEM_CERTIFICATES . '\AuthRoot',
    ca => SYSTEM_CERTIFICATES . '\CA', disallowed => SYSTEM_CERTIFICATES . '\Disallowed',
    policy_root => POLICY_CERTIFICATES . '\Root', policy_disallowed => POLICY_CERTIFICATES . '\Disallowed',
    enterprise_root => ENTERPRISE_CERTIFICATES . '\Root', enterprise_disallowed => ENTERPRISE_CERTIFICATES . '\Disallowed',
    system_root => 'HKEY_USERS\S-1-5-18\Software\Microsoft\SystemCertificates\Root',
    system_disallowed => 'HKEY_USERS\S-1-5-18\Software\Microsoft\SystemCertificates\Disallowed',
    my => SYSTEM_CERTIFICATES . '\MY', trusted_people => SYSTEM_CERTIFICATES . '\TrustedPeople',
    trusted_publisher => SYSTEM_CERTIFICATES . '\TrustedPublisher', policy_ca => POLICY_CERTIFICATES . '\CA',
    root_32 => 'HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\SystemCertificates\ROOT',
    service_root => 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\Services\SMS_EXECUTIVE\SystemCertificates\ROOT',
    person_root => 'HKEY_USERS\S-1-5-21-1-2-3-1001\Software\Microsoft\SystemCertificates\Root',
    user_root => 'HKEY_CURRENT_USER\Software\Microsoft\SystemCertificates\Root',
);

# machine(STORE => [DER or { der, props, key, blob }…], update => {…}, policy => {…}, protected => N, min_rsa => N, chain => {…},
# cryptsvc => N, build => TEXT, sync => SECONDS or undef (never)): a registry that answers every question.
sub machine
{
    my (%o) = (sync => $NOW - 9 * $HOUR, @_);
    my %r = map { $_ => {} } (
        (map { SYSTEM_CERTIFICATES . $_ } '', '\CA', '\Disallowed', '\ROOT', '\AuthRoot', '\AuthRoot\AutoUpdate'),
        (map { POLICY_CERTIFICATES . $_ } '', '\AuthRoot', '\Root'), ENTERPRISE_CERTIFICATES,
        'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0');
    for my $store (grep { $o{$_} } sort keys %STORE) {
        for my $entry (map { ref $_ ? $_ : { der => $_ } } @{ $o{$store} }) {
            my $key = $entry->{key} // fingerprint($entry->{der});
            my $blob = $entry->{blob} // cert_blob($entry->{der}, @{ $entry->{props} // [[3, sha1($entry->{der})]] });
            $r{"$STORE{$store}\\Certificates\\$key"} = { Blob => reg_binary($blob) };
        }
    }
    $r{ AUTO_UPDATE() } = { EncodedCtl => reg_binary('opaque'), %{ $o{update} // {} } };
    $r{ AUTO_UPDATE() }{LastSyncTime} //= reg_time($o{sync}) if defined $o{sync};
    $r{ POLICY_CERTIFICATES . '\AuthRoot' } = $o{policy} // {};
    $r{ POLICY_CERTIFICATES . '\Root\ProtectedRoots' } = { Flags => reg_dword($o{protected}) } if defined $o{protected};
    $r{'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config'} =
        { %{ $o{chain} // {} }, defined $o{min_rsa} ? (MinRsaPubKeyBitLength => reg_dword($o{min_rsa})) : () } if defined $o{min_rsa} || $o{chain};
    $r{'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CryptSvc'} = { Start => reg_dword($o{cryptsvc} // 2) };
    $r{'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion'} = { CurrentBuild => reg_sz($o{build} // '20348') };
    return \%r;
}

# The part of a registry at or below those keys.
sub only_keys
{
    my ($registry, @keys) = @_;
    my $wanted = join '|', map { quotemeta } @keys;
    return { map { $_ => $registry->{$_} } grep { /\A(?:$wanted)(?:\\|\z)/i } keys %$registry };
}

# profile_text(ALIAS => [DER, LEVEL, NAME]…)
sub profile_text
{
    my (@roots) = @_;
    my $text = "[profile]\nname = test\nas_of = 2026-11-01\nabout = test roots\n";
    while (my ($alias, $root) = splice @roots, 0, 2) {
        my ($der, $level, $name) = @$root;
        $text .= "\n[root $alias]\nsha1 = " . fingerprint($der) . "\nsha256 = " . der_sha256($der)
            . "\nname = $name\nlevel = $level\nsource = the test suite\n";
    }
    return $text;
}

# --- Dialects ---

sub utf16_without_bom { return encode('UTF-16LE', windows_text($_[0])) }

# net registry export
sub samba_text
{
    my ($registry) = @_;
    my $text = windows_text($registry) =~ s/\r\n/\n/gr;
    $text =~ s/^\[HKEY_LOCAL_MACHINE/[HKLM/mg;
    $text =~ s/^\[HKEY_USERS/[HKU/mg;
    $text =~ s/\n\z//;
    return encode('UTF-8', $text . ";Local Variables:\n;coding: UTF-8\n;End:\n");
}

# Strings are ASCII here, so the ANSI code page does not matter.
sub regedit4_text { return encode('cp1252', windows_text($_[0]) =~ s/\A[^\r]*/REGEDIT4/r) }

# chntpw's reged -x
sub reged_text { return encode('UTF-8', windows_text($_[0])) }

sub hivexregedit_text
{
    my ($registry) = @_;
    my $text = "Windows Registry Editor Version 5.00\n";
    for my $key (sort { lc $a cmp lc $b } keys %$registry) {
        $text .= "\n[$key]\n";
        for my $name (sort keys %{ $registry->{$key} }) {
            my ($type, $data) = @{ $registry->{$key}{$name} };
            $text .= qq("$name"=) . ($type == REG_DWORD ? sprintf('dword:%08x', unpack 'V', $data)
                : "hex($type):" . join ',', unpack '(H2)*', $data) . "\n";
        }
    }
    return encode('UTF-8', $text);
}

# reg query KEY /s
sub reg_query_text
{
    my ($registry) = @_;
    my %type = (REG_SZ, 'REG_SZ', REG_BINARY, 'REG_BINARY', REG_DWORD, 'REG_DWORD');
    my $text = '';
    for my $key (sort { lc $a cmp lc $b } keys %$registry) {
        $text .= "\r\n$key\r\n";
        for my $name (sort keys %{ $registry->{$key} }) {
            my ($type, $data) = @{ $registry->{$key}{$name} };
            my $shown = $type == REG_DWORD ? sprintf('0x%x', unpack 'V', $data)
                : $type == REG_SZ ? decode('UTF-16LE', substr $data, 0, -2) : uc unpack 'H*', $data;
            $text .= "    $name    $type{$type}    $shown\r\n";
        }
    }
    return encode('UTF-8', "$text\r\n");
}

# A serialized store.
sub sst_bytes
{
    my (@blobs) = @_;
    return join '', "\0\0\0\0CERT", @blobs, "\0" x 12;
}

# --- Hives (regf 1.5) ---

# A cell and its offset in the bins.
sub add_cell
{
    my ($bins, $content) = @_;
    my $offset = 32 + length $$bins;
    my $size = (length($content) + 4 + 7) & ~7;
    $$bins .= pack('l<', -$size) . $content . "\0" x ($size - 4 - length $content);
    return $offset;
}

sub add_values
{
    my ($bins, $values) = @_;
    my @cells;
    for my $name (sort keys %$values) {
        my ($type, $data) = @{ $values->{$name} };
        my ($size, $at) = (length $data, 0);
        if ($size <= 4) {
            ($size, $at) = ($size | 0x80000000, unpack 'V', $data . "\0" x (4 - $size));
        } else {
            $at = add_cell($bins, $data);
        }
        push @cells, add_cell($bins, pack('a2 v V V V v v', 'vk', length $name, $size, $at, $type, 1, 0) . $name);
    }
    return (0, 0xFFFFFFFF) if !@cells;
    return (scalar @cells, add_cell($bins, pack 'V*', @cells));
}

# Who may do what with a key.
sub add_security
{
    my ($bins, $descriptor) = @_;
    return add_cell($bins, pack('a2 v V V V V', 'sk', 0, 32, 32, 1, length $descriptor) . $descriptor);
}

# SDDL, as far as keys need it, as a self-relative descriptor: "O:SYG:SYD:PAI(A;CI;KA;;;S-1-5-18)".
sub descriptor
{
    my ($sddl) = @_;
    my %sid = (SY => 'S-1-5-18', BA => 'S-1-5-32-544', BU => 'S-1-5-32-545', WD => 'S-1-1-0', AU => 'S-1-5-11', SU => 'S-1-5-6', NS => 'S-1-5-20',
        LS => 'S-1-5-19', CO => 'S-1-3-0', AC => 'S-1-15-2-1', IU => 'S-1-5-4');
    my %right = (KA => 0xF003F, KR => 0x20019, KW => 0x20006, GA => 0x10000000, GW => 0x40000000, GR => 0x80000000);
    my %flag = (OI => 1, CI => 2, NP => 4, IO => 8, ID => 16);
    my %type = (A => 0, D => 1, AU => 2, XA => 9, XD => 10, OA => 5, OD => 6);
    my $bytes = sub {
        my ($s, $revision, $authority, @part) = split /-/, $sid{ $_[0] } // $_[0];
        return pack 'C C n N V*', $revision, scalar @part, 0, $authority, @part;
    };
    my ($owner, $group, $rest) = $sddl =~ /\AO:(.+?)G:(.+?)((?:D:.*)?)\z/ or die "no SDDL: $sddl\n";
    my ($control, $acl) = (0x8000, '');
    if ($rest =~ /\AD:([A-Z_]*)(.*)\z/s) {
        my ($flags, $entries) = ($1, $2);
        $control |= 4 | ($flags =~ /P/ ? 0x1000 : 0) | ($flags =~ /AI/ ? 0x400 : 0);
        my @entry;
        while ($entries =~ /\(([^)]*)\)/g) {
            my ($t, $f, $r, $object, $inherited, $who) = split /;/, $1;
            my $mask = 0;
            $mask |= $right{$_} // hex for $r =~ /\A0x/ ? $r : $r =~ /../g;
            my $flag = 0;
            $flag |= $flag{$_} for $f =~ /../g;
            my $body = pack('V', $mask) . ($t =~ /\AO/ ? pack('V', 0) : '') . $bytes->($who);
            push @entry, pack('C C v', $type{$t} // hex $t, $flag, 4 + length $body) . $body;
        }
        my $all = join '', @entry;
        $acl = pack('C C v v v', 2, 0, 8 + length $all, scalar @entry, 0) . $all if $flags !~ /NO_ACCESS_CONTROL/;
    }
    my ($o, $g) = ($bytes->($owner), $bytes->($group));
    my $at = 20 + length $acl;
    return pack('C C v V V V V', 1, 0, $control, $at, $at + length $o, 0, $acl ne '' ? 20 : 0) . $acl . $o . $g;
}

# A key with everything below it; the parent's offset is filled in later.
sub add_key
{
    my ($bins, $name, $node, $flags, $time) = @_;
    my @children;
    for my $child (sort { uc $a cmp uc $b } keys %{ $node->{keys} }) {
        push @children, [$child, add_key($bins, $child, $node->{keys}{$child}, 0x20, $time)];
    }
    $time = filetime($node->{written}) if defined $node->{written};
    my $list = 0xFFFFFFFF;
    if (@children) {
        my $index = pack 'a2 v', 'lh', scalar @children;
        for my $child (@children) {
            my $hash = 0;
            $hash = ($hash * 37 + ord) & 0xFFFFFFFF for split //, uc $child->[0];
            $index .= pack 'VV', $child->[1], $hash;
        }
        $list = add_cell($bins, $index);
    }
    my ($count, $values) = add_values($bins, $node->{values} // {});
    my $security = defined $node->{security} ? add_security($bins, $node->{security}) : 32;
    my $offset = add_cell($bins, pack('a2 v a8 V V V V V V V V V V V V V V V v v', 'nk', $flags, $time, 0, 0xFFFFFFFF,
        scalar @children, 0, $list, 0xFFFFFFFF, $count, $values, $security, 0xFFFFFFFF, 200, 0, 200, 0x10000, 0,
        length $name, 0) . $name);
    substr $$bins, $_->[1] - 32 + 4 + 16, 4, pack 'V', $offset for @children;
    return $offset;
}

# hive_bytes({ 'Microsoft\…' => values }, seq => [2, 2], name => '…\SOFTWARE', time => SECONDS, keys => SECONDS,
#     written => { 'Policies\…' => SECONDS }, security => { 'Microsoft\…' => DESCRIPTOR }): when it was taken, when its keys were last written, and some of them.
sub hive_bytes
{
    my ($registry, %o) = @_;
    my %root = (keys => {}, values => {});
    for my $path (keys %$registry) {
        my $node = \%root;
        $node = $node->{keys}{$_} //= { keys => {}, values => {} } for split /\\/, $path;
        $node->{values} = $registry->{$path};
    }
    for my $path (keys %{ $o{written} // {} }) {
        my $node = \%root;
        $node = $node->{keys}{$_} // die "hive: no key $path\n" for split /\\/, $path;
        $node->{written} = $o{written}{$path};
    }
    for my $path (keys %{ $o{security} // {} }) {
        my $node = \%root;
        $node = $node->{keys}{$_} // die "hive: no key $path\n" for split /\\/, $path;
        $node->{security} = $o{security}{$path};
    }
    my $taken = $o{time} // $NOW - $HOUR;
    my $time = filetime($taken);
    my $bins = '';
    add_security(\$bins, pack 'C C v V V V V', 1, 0, 0x8000, 0, 0, 0, 0);
    my $top = add_key(\$bins, $o{root} // 'ROOT', \%root, 0x2C, filetime($o{keys} // $taken - 30 * $DAY));
    my $size = (32 + length($bins) + 8 + 4095) & ~4095;
    my $free = $size - 32 - length $bins;
    $bins .= pack('l<', $free) . "\0" x ($free - 4);
    my $bin = pack('a4 V V a8 a8 V', 'hbin', 0, $size, '', $time, 0) . $bins;
    my ($one, $two) = @{ $o{seq} // [2, 2] };
    my $head = pack('a4 V V a8 V V V V V V V a64', 'regf', $one, $two, $time, 1, 5, 0, 1, $top, $size, 1,
        encode('UTF-16LE', $o{name} // ''));
    $head .= "\0" x (508 - length $head);
    my $sum = 0;
    $sum ^= $_ for unpack 'V*', $head;
    $sum = 0xFFFFFFFE if $sum == 0xFFFFFFFF;
    $sum = 1 if $sum == 0;
    return $head . pack('V', $sum) . "\0" x (4096 - 512) . $bin;
}

1;
