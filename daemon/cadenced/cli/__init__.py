"""The command line: one verb per file. Reads options and prints results; decides nothing.

Exit codes: 0 done, 2 the configuration is wrong, 3 a server could not be reached, 4 the store cannot be used, and with
`plan --detailed-exitcode` 10 when there are changes.
"""
