#!/usr/bin/env python3
"""The command line: one sub-command for each module of genjilib/ops."""
