@echo off
rem SPDX-License-Identifier: GPL-3.0-or-later
rem
rem Writes one folder with all that the plugins of monitoring-plugins-scp ask of a service connection point, by programs
rem that every Windows Server has: registry, logs of Configuration Manager, events of CAPI2, policies, proxy and clock.
rem
rem   scp-snapshot.cmd FOLDER [MESSAGES]
rem
rem FOLDER is written as FOLDER.partial and renamed at the end; a snapshot that is there already is replaced by then.
rem MESSAGES is an export of status messages (.json or .csv) to be taken along.  Run it as SYSTEM or as an administrator.
rem On the monitoring host:  check_scp -R FOLDER
rem
rem Exit codes: 0 whole; 1 whole, but something could not be read (manifest.txt says what); 2 wrong use; 3 nothing written.
rem It changes nothing on the server.
setlocal enableextensions disabledelayedexpansion

if not defined PROCESSOR_ARCHITEW6432 goto native
if not exist "%SystemRoot%\Sysnative\cmd.exe" goto native
rem A 32-bit caller would be shown another registry.
"%SystemRoot%\Sysnative\cmd.exe" /d /c ""%~f0" %*"
exit /b %errorlevel%

:native
if "%~1"=="" goto usage
if "%~1"=="/?" goto usage
if not "%~3"=="" goto usage
set "target=%~f1"
if "%target:~-1%"=="\" set "target=%target:~0,-1%"
if "%target:~-1%"==":" goto usage
set "messages="
if not "%~2"=="" set "messages=%~f2"
if not "%~2"=="" if not exist "%messages%" goto no_messages
set "work=%target%.partial"
set "old=%target%.old"
rem Programs of the system's own folder, whatever lies in the one that this was started from.
cd /d "%SystemRoot%\System32"
if /i not "%CD%"=="%SystemRoot%\System32" goto nothing
set "PATH=%SystemRoot%\System32;%SystemRoot%\System32\WindowsPowerShell\v1.0"
set "PATHEXT=.EXE"

rem What is there already is replaced only where it is a snapshot.
if exist "%target%" if not exist "%target%\manifest.txt" goto occupied
if exist "%old%" if not exist "%old%\manifest.txt" goto occupied
if exist "%work%" if not exist "%work%\manifest.txt" goto occupied
if exist "%work%" rmdir /s /q "%work%"
if exist "%work%" goto nothing
mkdir "%work%"
if not exist "%work%" goto nothing

set "manifest=%work%\manifest.txt"
set "code=0"
set "files=0"
>"%manifest%" echo scp-snapshot 1
if not exist "%manifest%" goto nothing
>>"%manifest%" echo # computer "%COMPUTERNAME%", account "%USERDOMAIN%\%USERNAME%"
call :time begun
rem A refresh of group policy takes its certificates away and writes them again: they are read last, and compared with these.
set "policies=HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates"
reg export "%policies%" "%work%\before" /y /reg:64 >nul 2>&1

rem --- Registry: what lib/windows/paths.c names; a test holds both lists together ---

call :values build.txt "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" "CurrentBuild"
call :values guid.txt "HKLM\SOFTWARE\Microsoft\Cryptography" "MachineGuid"
call :values version.txt "HKLM\SOFTWARE\Microsoft\SMS\Setup" "Full Version"
call :key stores.reg "HKLM\SOFTWARE\Microsoft\SystemCertificates"
call :key enterprise.reg "HKLM\SOFTWARE\Microsoft\EnterpriseCertificates"
call :key chain.reg "HKLM\SOFTWARE\Microsoft\Cryptography\OID"
call :key services.reg "HKLM\SOFTWARE\Microsoft\Cryptography\Services"
call :key cryptsvc.reg "HKLM\SYSTEM\CurrentControlSet\Services\CryptSvc"
call :key stores32.reg "HKLM\SOFTWARE\WOW6432Node\Microsoft\SystemCertificates"
call :key enterprise32.reg "HKLM\SOFTWARE\WOW6432Node\Microsoft\EnterpriseCertificates"
call :key policy32.reg "HKLM\SOFTWARE\WOW6432Node\Policies\Microsoft\SystemCertificates"
call :key component.reg "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\OC Manager\Subcomponents"
call :key system_stores.reg "HKU\S-1-5-18\Software\Microsoft\SystemCertificates"
call :key system_policy.reg "HKU\S-1-5-18\Software\Policies\Microsoft\SystemCertificates"
call :key system_proxy.reg "HKU\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
call :key network_proxy.reg "HKU\S-1-5-20\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
call :key proxy.reg "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings"
call :key proxy_policy.reg "HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"
call :key dotnet.reg "HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
call :key dotnet32.reg "HKLM\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319"
call :key schannel.reg "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
call :key computer.reg "HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName"
call :key tcpip.reg "HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
call :key group_policy.reg "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
call :key site.reg "HKLM\SOFTWARE\Microsoft\SMS\Identification"
call :key downloader.reg "HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_DMP_DOWNLOADER"

rem --- Logs and status messages ---

call :log SMS_DMP_UPLOADER dmpuploader
call :log SMS_DMP_DOWNLOADER dmpdownloader
if not defined messages goto no_export
set "name=messages.json"
for %%F in ("%messages%") do if /i "%%~xF"==".csv" set "name=messages.csv"
copy /y "%messages%" "%work%\%name%" >nul 2>&1
if not exist "%work%\%name%" goto messages_failed
call :named messages %name%
goto no_export
:messages_failed
call :failed messages %name%
:no_export

rem --- For people ---

wevtutil qe Microsoft-Windows-CAPI2/Operational /q:"*[System[TimeCreated[timediff(@SystemTime) <= 86400000]]]" /c:5000 /rd:true /f:xml /e:Events /uni:true >"%work%\capi2.xml" 2>nul
call :people capi2.xml
gpresult /scope computer /v >"%work%\gpresult.txt" 2>nul
call :people gpresult.txt
netsh winhttp show proxy >"%work%\winhttp.txt" 2>nul
call :people winhttp.txt
w32tm /query /status >"%work%\time.txt" 2>nul
call :people time.txt
rem What was fetched and when, the newest first; a file's name is the MD5 of its address.
dir /a-d /t:w /o:-d /4 "%SystemRoot%\System32\config\systemprofile\AppData\LocalLow\Microsoft\CryptnetUrlCache\MetaData" >"%work%\system_cache.txt" 2>nul
call :people system_cache.txt
dir /a-d /t:w /o:-d /4 "%SystemRoot%\ServiceProfiles\NetworkService\AppData\LocalLow\Microsoft\CryptnetUrlCache\MetaData" >"%work%\network_cache.txt" 2>nul
call :people network_cache.txt

reg export "%policies%" "%work%\after" /y /reg:64 >nul 2>&1
call :size before
set "before=%size%"
call :size after
if not "%before%"=="%size%" ping -n 11 127.0.0.1 >nul
if exist "%work%\before" del "%work%\before"
if exist "%work%\after" del "%work%\after"
call :key policy.reg "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates"

call :time ended
>>"%manifest%" echo complete %files%
rem A full disk swallows lines.
set "last="
for /f "usebackq delims=" %%L in ("%manifest%") do set "last=%%L"
if not "%last%"=="complete %files%" goto nothing

if exist "%old%" rmdir /s /q "%old%"
if exist "%old%" goto nothing
if exist "%target%" move "%target%" "%old%" >nul
if exist "%target%" goto nothing
move "%work%" "%target%" >nul
if exist "%target%\manifest.txt" goto renamed
if exist "%old%" move "%old%" "%target%" >nul
goto nothing
:renamed
if exist "%old%" rmdir /s /q "%old%"
echo "%target%": %files% files
if "%code%"=="1" echo some of it could not be read; see "refused" and "failed" in manifest.txt
exit /b %code%

:usage
echo usage: scp-snapshot.cmd FOLDER [MESSAGES]
echo writes a snapshot of this service connection point into FOLDER, with an export of status messages where one is given
exit /b 2

:no_messages
echo "%messages%" is not there
exit /b 2

:occupied
echo "%target%", or what stands beside it as .partial or .old, is there and is no snapshot
exit /b 2

:nothing
echo "%target%" was not written
exit /b 3

rem --- One thing each ---

rem WHEN: a line with the time in UTC, where the server can say it in a way that no region's settings change.
:time
set "now="
for /f "usebackq delims=" %%T in (`powershell -NoProfile -NonInteractive -Command "[DateTime]::UtcNow.ToString('s')" 2^>nul`) do set "now=%%TZ"
if not "%now:~10,1%"=="T" set "now=unknown"
>>"%manifest%" echo %1 %now%
exit /b 0

rem NAME: the size of a file of the snapshot.
:size
set "size="
for %%F in ("%work%\%~1") do set "size=%%~zF"
exit /b 0

rem KIND NAME [KEY]: a line about a file that was written.
:named
call :size %2
if "%~3"=="" goto named_alone
>>"%manifest%" echo %1 %2 %size% %~3
goto counted
:named_alone
>>"%manifest%" echo %1 %2 %size%
:counted
set /a files+=1
exit /b 0

:failed
>>"%manifest%" echo failed %*
set "code=1"
exit /b 0

rem NAME KEY: with all below it.
:key
reg export "%~2" "%work%\%1" /y /reg:64 >nul 2>&1
if errorlevel 1 goto unread
call :named exported %1 "%~2"
exit /b 0

rem NAME KEY VALUE: that value alone.
:values
reg query "%~2" /v "%~3" /reg:64 >"%work%\%1" 2>nul
if errorlevel 1 goto no_value
call :named queried %1 "%~2"
exit /b 0
:no_value
reg query "%~2" /reg:64 >nul 2>&1
if errorlevel 1 goto unread
del "%work%\%1"
>>"%manifest%" echo # no "%~3" in "%~2"
exit /b 0

rem Why was it not read?  Programs say so in the server's language; whether the nearest key above that can be read lists what
rem leads to it is said in none.
:unread
if exist "%work%\%1" del "%work%\%1"
set "key=%~2"
set "at=%key:HKLM\=HKEY_LOCAL_MACHINE\%"
set "at=%at:HKU\=HKEY_USERS\%"
:above
for %%F in ("C:\%at%") do set "above=%%~pF"
set "above=%above:~1,-1%"
if not defined above goto refused
reg query "%above%" /reg:64 >nul 2>&1
if errorlevel 1 (
    set "at=%above%"
    goto above
)
set "there="
for /f "usebackq delims=" %%L in (`reg query "%above%" /reg:64 2^>nul`) do if /i "%%L"=="%at%" set "there=1"
if not defined there goto absent
:refused
>>"%manifest%" echo refused %key%
set "code=1"
exit /b 0
:absent
>>"%manifest%" echo absent %key%
exit /b 0

rem COMPONENT STEM: its log and what it was rolled over to, from the folder that the registry names.
:log
set "logs="
set "trace="
set "site="
for /f "usebackq tokens=1,2*" %%A in (`reg query "HKLM\SOFTWARE\Microsoft\SMS\Tracing\%1" /v TraceFilename /reg:64 2^>nul`) do if /i "%%A"=="TraceFilename" set "trace=%%C"
for /f "usebackq tokens=1-3*" %%A in (`reg query "HKLM\SOFTWARE\Microsoft\SMS\Identification" /v "Installation Directory" /reg:64 2^>nul`) do if /i "%%A %%B"=="Installation Directory" set "site=%%D"
if defined site set "logs=%site%\Logs\"
if defined trace for %%F in ("%trace%") do set "logs=%%~dpF"
if not defined logs exit /b 0
>>"%manifest%" echo # %2.log of "%logs%"
if exist "%logs%%2.log" call :copied log %2.log
if exist "%logs%%2.lo_" call :copied older %2.lo_
for /f "usebackq delims=" %%F in (`dir /b /a-d "%logs%%2-*.log" 2^>nul`) do call :copied older "%%F"
exit /b 0

rem KIND NAME: from that folder.
:copied
rem No name that a manifest could not hold.
for /f "tokens=2" %%T in ("%~2") do exit /b 0
copy /y "%logs%%~2" "%work%\%~2" >nul 2>&1
if not exist "%work%\%~2" goto copy_failed
call :named %1 %~2
exit /b 0
:copy_failed
call :failed %~1 %~2
exit /b 0

rem NAME: of a command that has just ended.
:people
if errorlevel 1 goto people_failed
call :named people %1
exit /b 0
:people_failed
if exist "%work%\%1" del "%work%\%1"
>>"%manifest%" echo failed people %1
exit /b 0
