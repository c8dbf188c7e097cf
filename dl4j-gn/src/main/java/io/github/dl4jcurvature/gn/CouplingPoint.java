/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link CouplingBlock} linearised at an input.
 *
 * <p>With \(D_F[S] = (\phi'(X_2 V_F) \circ (S V_F)) W_F\) and \(D_G\) likewise at \(Y_1\), the Jacobian of the block maps
 * \((S_1, S_2)\) to \(E_1 = S_1 + D_F[S_2],\; E_2 = S_2 + D_G[E_1]\). Tangents and gradients are [n, d] and replaced in
 * place.
 */
record CouplingPoint(CouplingBlock block, Features f, Features g) {

    /** Replaces a tangent at the input by that at the output, the Jacobian times it. */
    void pushForward(INDArray tangent) {
        INDArray first = Halves.first(tangent);
        INDArray second = Halves.second(tangent);
        first.addi(block.f().tangent(f, second));
        second.addi(block.g().tangent(g, first));
    }

    /** Replaces a tangent at the output by that at the input, the inverse Jacobian times it. */
    void pullBackTangent(INDArray tangent) {
        INDArray first = Halves.first(tangent);
        INDArray second = Halves.second(tangent);
        second.subi(block.g().tangent(g, first));
        first.subi(block.f().tangent(f, second));
    }

    /** Replaces a gradient at the output by that at the input, and writes those of the parameters. */
    void pullBackGradient(INDArray gradient, BlockGradients target) {
        INDArray first = Halves.first(gradient);
        INDArray second = Halves.second(gradient);
        CouplingFunction.gradients(g, second, target.weightsG(), target.biasG());
        first.addi(block.g().cotangent(g, second));
        CouplingFunction.gradients(f, first, target.weightsF(), target.biasF());
        second.addi(block.f().cotangent(f, first));
    }

    /**
     * The step of W and b, both halves, after which the linearised output has moved by a tangent [n, d].
     *
     * <p>\(U_F = A_F^+ T_1\) moves \(Y_1\) by \(A_F U_F\), which moves \(Y_2\) by \(D_G[A_F U_F]\); what is left of
     * \(T_2\) is \(U_G\)'s: \(U_G = A_G^+ (T_2 - D_G[A_F U_F])\).
     */
    BlockStep gaussNewton(INDArray tangent, FeatureSolver solver) {
        DataType type = tangent.dataType();
        try (ColumnMajor first = ColumnMajor.copyOf("tangent", Halves.first(tangent));
                ColumnMajor second = ColumnMajor.copyOf("tangent", Halves.second(tangent));
                ColumnMajor featuresF = f.columns();
                ColumnMajor featuresG = g.columns()) {
            FeatureStep stepF = solver.solve(featuresF, first);
            try (ColumnMajor achieved = stepF.achieved();
                    ColumnMajor knockOn = ColumnMajor.copyOf(
                            "tangent", block.g().tangent(g, achieved.array().castTo(type)))) {
                first.add(-1, achieved);
                second.add(-1, knockOn);
            }
            FeatureStep stepG = solver.solve(featuresG, second);
            try (ColumnMajor achieved = stepG.achieved()) {
                second.add(-1, achieved);
            }
            double size = tangent.norm2Number().doubleValue();
            double missed = Math.hypot(first.frobenius(), second.frobenius());
            return new BlockStep(stepF.parameters(), stepG.parameters(), report(stepF, stepG, missed, size));
        }
    }

    private static BlockReport report(FeatureStep f, FeatureStep g, double missed, double size) {
        return new BlockReport(
                Math.min(f.rank(), g.rank()), Math.max(f.condition(), g.condition()), size == 0 ? 0 : missed / size);
    }
}
