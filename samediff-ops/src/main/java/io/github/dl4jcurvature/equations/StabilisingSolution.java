/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** Solution, gain and Schur form of the closed loop of a Riccati equation with E = I. */
record StabilisingSolution(ColumnMajor x, ColumnMajor k, RealSchur closedLoop, double residual) {
    private static final int MOST_STEPS = 4;
    private static final double ACCURATE = 1e-11;
    private static final double ROUNDING = 0x1p-53;

    /**
     * Solves by doubling, or else by a Schur form, then refines by Newton's method as long as the residual falls.
     *
     * <p>A symmetric solution with a stable closed loop is the only one; doubling needs no other proof than that.
     */
    static StabilisingSolution of(RiccatiForm form) {
        StabilisingSolution quick = byDoubling(form);
        if (quick != null && quick.residual <= ACCURATE) {
            return form.requireSound(quick);
        }
        try {
            StabilisingSolution thorough = form.requireSound(refined(form, form.bySchurForm()));
            return quick == null || thorough.residual <= quick.residual ? thorough : form.requireSound(quick);
        } catch (SingularEquationException e) {
            if (quick == null) {
                throw e;
            }
            return form.requireSound(quick);
        }
    }

    /** A solution with a stable closed loop, or nothing. */
    private static @Nullable StabilisingSolution byDoubling(RiccatiForm form) {
        ColumnMajor doubled = form.doubled();
        if (doubled == null) {
            return null;
        }
        try {
            StabilisingSolution solution = refined(form, doubled);
            return form.isStable(solution.closedLoop) ? solution : null;
        } catch (SingularEquationException | IllegalArgumentException breakdown) {
            return null; // far from a solution, Newton's method need not be defined, or overflows
        }
    }

    private static StabilisingSolution refined(RiccatiForm form, ColumnMajor start) {
        ColumnMajor x = start;
        ColumnMajor k = form.gain(x);
        RealSchur closedLoop = schur(form, k);
        RiccatiForm.Remainder remainder = form.remainder(x, k);
        for (int step = 0; step < MOST_STEPS && !(remainder.relative() <= 1e-16 * x.rows()); step++) {
            ColumnMajor better = x.copy();
            try (ColumnMajor rhs = remainder.matrix().copy().scale(form.newtonSign());
                    ColumnMajor change =
                            new StandardLyapunov(closedLoop, form.equation().isDiscrete()).solve(rhs, true)) {
                better.add(1, change);
            }
            ColumnMajor gain = form.gain(better);
            RiccatiForm.Remainder after = form.remainder(better, gain);
            if (!(after.norm() < remainder.norm())) {
                close(better, gain, after.matrix());
                break;
            }
            boolean worthwhile = after.norm() < remainder.norm() / 2;
            closedLoop = moved(form, closedLoop, k, gain);
            close(x, k, remainder.matrix());
            x = better;
            k = gain;
            remainder = after;
            if (!worthwhile) {
                break;
            }
        }
        remainder.matrix().close();
        return new StabilisingSolution(x, k, closedLoop, remainder.relative());
    }

    /** The Schur form of the new closed loop: the old one if it has moved by no more than that one's own rounding. */
    private static RealSchur moved(RiccatiForm form, RealSchur old, ColumnMajor before, ColumnMajor after) {
        try (ColumnMajor difference = after.copy().add(-1, before);
                ColumnMajor change = product(form.b.view(), difference.view())) {
            double size = old.triangular().frobenius();
            if (change.frobenius() <= ROUNDING * old.order() * size) {
                return old;
            }
        }
        old.close();
        return schur(form, after);
    }

    private static RealSchur schur(RiccatiForm form, ColumnMajor k) {
        try (ColumnMajor closed = form.closedLoop(k)) {
            return RealSchur.of("A - B K", closed);
        }
    }

    private static void close(ColumnMajor... matrices) {
        for (ColumnMajor matrix : matrices) {
            matrix.close();
        }
    }
}
