/** A file as its owner wrote it: own indentation, quotes, alignment, comments and blank lines. */
export const OWNED = `# Site: harbour tower


# The server.
ntp:   # keep
    port: 123      # the port

    # Where we listen.
    listen:
    - '0.0.0.0'   # v4
    - "::"        # v6

    refid: "GPS"  # as ever
# Antenna on the roof.
discipline: {cableDelay: 120, antennaDelay: 30}   # measured 2024
`;
