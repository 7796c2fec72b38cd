# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real Samba with a registry of its own in a private folder: its tools alone, or a server on a free port of the loopback interface.
package Samba;

use strict;
use warnings;
use Exporter qw(import);
use IO::Socket::INET;
use POSIX ();
use Scp;
use Servers qw(start_program stop_program has_ended free_port);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(samba_missing registry_missing samba_registry free_port start_samba);
our $PASSWORD = 'Geheimnis-7431';   # looked for in command lines and environments
our $USER = 'daemon';               # an account that every system has

# Why it cannot be had here; undef when it can.
sub registry_missing
{
    return 'a registry of Samba needs root' if $> != 0;
    return which('net') ? undef : "Samba's net is not installed";
}

sub samba_missing
{
    my $missing = registry_missing();
    return $missing if defined $missing;
    for my $program (qw(smbd smbpasswd)) {
        return "$program is not installed" if !which($program);
    }
    return "there is no account '$USER'" if !defined getpwnam $USER;
    return undef;
}

sub command
{
    my ($self, $input, @command) = @_;
    my $pid = open(my $in, '|-') // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', "$self->{dir}/out";
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { $command[0] } @command; }
        POSIX::_exit(126);
    }
    { local $SIG{PIPE} = 'IGNORE'; print {$in} $input // ''; close $in; }
    return $? == 0;
}

# net on the server's own registry: a local administrator's tool.
sub net { my ($self, @arguments) = @_; return $self->command(undef, which('net'), '-s', "$self->{dir}/smb.conf", @arguments) }

sub import_registry { my ($self, $bytes) = @_; return $self->net('registry', 'import', save("$self->{name}-import.reg", $bytes)) }

# Only administrators may read that key.
sub deny { my ($self, $key) = @_; return $self->net('registry', 'setsd_sddl', $key,
    'O:BAG:SYD:(A;;RPWPCCDCLCRCWOWDSDSW;;;BA)(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)') }

# A file for -A.
sub login
{
    my ($self, %o) = @_;
    my $file = save("$self->{name}-login", "username=" . ($o{user} // $USER) . "\npassword=" . ($o{password} // $PASSWORD)
        . "\ndomain=SCPTEST\n");
    chmod 0600, $file;
    return $file;
}

sub account { my ($self, @o) = @_; return $self->command("$PASSWORD\n$PASSWORD\n", which('smbpasswd'), '-c',
    "$self->{dir}/smb.conf", '-s', @o, $USER) }

# samba_registry('name', options => 'more lines of smb.conf'): a registry that only Samba's tools use.
sub samba_registry
{
    my ($name, %o) = @_;
    my $dir = scratch("samba-$name");
    chmod 0711, scratch();   # its helpers run as the account that asks
    mkdir $_ for $dir, map { "$dir/$_" } qw(private state cache lock run log);
    chmod 0700, "$dir/private";
    my $self = bless { dir => $dir, name => $name, port => free_port() }, __PACKAGE__;
    write_bytes("$dir/smb.conf", <<"END" . ($o{options} // ''));
[global]
  workgroup = TESTWG
  netbios name = SCPTEST
  server role = standalone server
  interfaces = 127.0.0.1
  bind interfaces only = yes
  smb ports = $self->{port}
  private dir = $dir/private
  state directory = $dir/state
  cache directory = $dir/cache
  lock directory = $dir/lock
  pid directory = $dir/run
  ncalrpc dir = $dir/run/ncalrpc
  log file = $dir/log/log
  passdb backend = tdbsam:$dir/private/passdb.tdb
  disable netbios = yes
  disable spoolss = yes
  load printers = no
  printing = bsd
  printcap name = /dev/null
END
    return $self;
}

# start_samba('name', registry => bytes, options => …); undef when it does not answer.
sub start_samba
{
    my ($name, %o) = @_;
    my $self = samba_registry($name, %o);
    my $dir = $self->{dir};
    $self->account('-a') or die 'smbpasswd: ' . slurp("$dir/out");
    die 'net registry import: ' . slurp("$dir/out") if defined $o{registry} && !$self->import_registry($o{registry});
    ($self->{pid}) = start_program(sub {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$dir/smbd.out";
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { which('smbd') } 'smbd', '-F', '--no-process-group', '-s', "$dir/smb.conf", '--debug-stdout'; }
    });
    my $until = time + 15;
    while (time < $until) {
        return $self if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 1);
        last if has_ended($self->{pid});
        sleep 0.05;
    }
    return undef;
}

sub url { my ($self) = @_; return "smb://127.0.0.1:$self->{port}" }

sub stop
{
    my ($self) = @_;
    return if !$self->{pid};
    for my $file (glob "$self->{dir}/run/*.pid") {
        my ($pid) = slurp($file) =~ /(\d+)/;
        kill TERM => $pid if $pid;
    }
    stop_program($self->{pid});
    $self->{pid} = 0;
    return;
}

sub DESTROY { my ($self) = @_; local ($?, $!); $self->stop; return }

1;
