dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl SCP_TRY_CFLAGS(VARIABLE, FLAGS): appends each flag that the compiler takes without complaint.
AC_DEFUN([SCP_TRY_CFLAGS], [
  for scp_flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether $CC takes $scp_flag])
    scp_saved="$CFLAGS"
    CFLAGS="$CFLAGS -Werror [$]$1 $scp_flag"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); $1="[$]$1 $scp_flag"], [AC_MSG_RESULT([no])])
    CFLAGS="$scp_saved"
  done
])
dnl SCP_TRY_LDFLAGS(VARIABLE, FLAGS): the same for the linker.
AC_DEFUN([SCP_TRY_LDFLAGS], [
  for scp_flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether the linker takes $scp_flag])
    scp_saved="$LDFLAGS"
    LDFLAGS="$LDFLAGS $scp_flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); $1="[$]$1 $scp_flag"], [AC_MSG_RESULT([no])])
    LDFLAGS="$scp_saved"
  done
])
