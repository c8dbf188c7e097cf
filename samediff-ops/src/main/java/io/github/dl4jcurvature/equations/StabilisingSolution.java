/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.RealSchur;
import org.jspecify.annotations.Nullable;

/** Solution, gain and Schur form of the closed loop of a Riccati equation with E = I. */
record StabilisingSolution(ColumnMajor x, ColumnMajor k, RealSchur closedLoop, double residual) {
    private static final int MOST_STEPS = 4;

    /** Solves by the method of the form, then refines by Newton's method as long as the residual falls. */
    static StabilisingSolution of(RiccatiForm form) {
        ColumnMajor x = form.start();
        StabilisingSolution current = at(form, x, form.gain(x));
        form.requireStable(current.closedLoop);
        for (int step = 0; step < MOST_STEPS; step++) {
            StabilisingSolution next = current.refined(form);
            if (next == null) {
                break;
            }
            current = next;
        }
        form.requireStable(current.closedLoop);
        Residual.judge(form.equation(), current.residual);
        return current;
    }

    private static StabilisingSolution at(RiccatiForm form, ColumnMajor x, ColumnMajor k) {
        RiccatiForm.Remainder remainder = form.remainder(x, k);
        remainder.matrix().close();
        try (ColumnMajor closed = form.closedLoop(k)) {
            return new StabilisingSolution(x, k, RealSchur.of("A - B K", closed), remainder.relative());
        }
    }

    /** A better solution, or nothing. */
    private @Nullable StabilisingSolution refined(RiccatiForm form) {
        RiccatiForm.Remainder remainder = form.remainder(x, k);
        try (ColumnMajor rhs = remainder.matrix().scale(form.newtonSign())) {
            if (remainder.relative() <= 1e-16 * x.rows()) {
                return null;
            }
            ColumnMajor better;
            try (ColumnMajor change =
                    new StandardLyapunov(closedLoop, form.equation().isDiscrete()).solve(rhs, true)) {
                better = x.copy().add(1, change);
            }
            ColumnMajor gain = form.gain(better);
            RiccatiForm.Remainder after = form.remainder(better, gain);
            after.matrix().close();
            if (!(after.norm() < remainder.norm())) {
                better.close();
                gain.close();
                return null;
            }
            StabilisingSolution next = at(form, better, gain);
            close();
            return next;
        }
    }

    private void close() {
        x.close();
        k.close();
        closedLoop.close();
    }
}
