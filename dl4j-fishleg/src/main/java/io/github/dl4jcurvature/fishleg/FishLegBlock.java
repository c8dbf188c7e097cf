/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.TrainingFactors;
import io.github.dl4jcurvature.fisher.TrainingStep;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The parameters of one layer with their inverse Fisher block: translates between the host's flat layout and {@link
 * InverseFisher}.
 *
 * <p>A layer without a block has \( Q = q_0 I \).
 */
final class FishLegBlock {
    private static final int PROBES = 16;

    private final CurvatureBlock bound;
    private final BlockPlan plan;
    private final FishLegState state;
    private final @Nullable InverseFisher inverse;
    private final JointMatrix u;
    private final JointMatrix product;
    private final JointMatrix r;
    private final INDArray factorGradient;

    private KroneckerInverse.@Nullable RankTerms terms;
    private double scale;
    private double signature = Double.NaN;

    FishLegBlock(CurvatureBlock bound, BlockPlan plan, FishLegState state) {
        this.bound = bound;
        this.plan = plan;
        this.state = state;
        boolean hasBias = bound.parameters().hasBias();
        inverse = plan.hasBlock() ? plan.inverse(state.factors()) : null;
        long outputs = Math.max(plan.outputs(), 1);
        long joint = Math.max(plan.joint(), 1);
        u = new JointMatrix(bound.values().dataType(), outputs, joint, hasBias && plan.hasBlock());
        product = new JointMatrix(bound.values().dataType(), outputs, joint, hasBias && plan.hasBlock());
        r = new JointMatrix(bound.values().dataType(), outputs, joint, hasBias && plan.hasBlock());
        factorGradient = Nd4j.createUninitializedDetached(bound.values().dataType(), Math.max(plan.factors(), 1));
    }

    FishLegState state() {
        return state;
    }

    boolean learns() {
        return inverse != null;
    }

    String layer() {
        return bound.parameters().layer();
    }

    boolean gradientTransformed() {
        return bound.gradientTransformed();
    }

    INDArray values() {
        return bound.values();
    }

    /** The block's part of a flat vector over all parameters of the network: a live view. */
    BlockVector part(INDArray networkVector) {
        INDArray flat =
                Factors.slice(networkVector, bound.offset(), bound.parameters().length());
        return BlockVector.of(flat, plan, bound.parameters().hasBias());
    }

    /** Takes the summed gradient of the step, divided, as the vector g that Q is applied to. */
    void take(TrainingStep step) {
        scale = 1 / step.divisor();
        terms = null;
        if (inverse == null) {
            return;
        }
        refreshIfChanged();
        TrainingFactors factors = step.factors(layer());
        if (inverse instanceof KroneckerInverse kronecker
                && factors != null
                && plan.isRankCheaper(factors.inputs().size(0))) {
            terms = kronecker.project(factors.inputs(), factors.errors());
        }
    }

    /** Writes Q g into the block's part of a flat vector. */
    void naturalGradient(BlockVector gradient, BlockVector target) {
        if (inverse == null) {
            target.flat().assign(gradient.flat()).muli(state.initialScale() * scale);
        } else if (terms != null) {
            ((KroneckerInverse) inverse).apply(terms, scale, target.weights(), target.bias());
        } else if (inverse instanceof KroneckerInverse kronecker) {
            kronecker.apply(scale, gradient, target);
        } else {
            u.read(gradient);
            u.matrix().muli(scale);
            inverse.apply(u.matrix(), product.matrix());
            product.write(target);
        }
    }

    /** Multiplies a flat vector of this block by Q in place. */
    void multiply(INDArray vector) {
        if (inverse == null) {
            vector.muli(state.initialScale());
            return;
        }
        BlockVector described = BlockVector.of(vector, plan, bound.parameters().hasBias());
        u.read(described);
        inverse.apply(u.matrix(), product.matrix());
        product.write(described);
    }

    /**
     * Computes the gradient of \( \langle c T, Q(\lambda) g \rangle \) with respect to the factors.
     *
     * @param gradient the block's part of the summed gradient
     * @param residual the block's part of the residual r
     * @param factor c
     * @param preconditioned T = Q r if true, else T = r
     * @return the gradient's Euclidean norm, not finite if an element is not
     */
    double computeFactorGradient(BlockVector gradient, BlockVector residual, double factor, boolean preconditioned) {
        if (inverse == null) {
            return 0;
        }
        r.read(residual);
        INDArray t = r.matrix();
        if (preconditioned) {
            inverse.apply(r.matrix(), product.matrix());
            t = product.matrix();
        }
        t.muli(factor);
        if (terms != null) {
            ((KroneckerInverse) inverse).factorGradient(terms, scale, t, factorGradient);
        } else {
            u.read(gradient);
            u.matrix().muli(scale);
            inverse.factorGradient(u.matrix(), t, factorGradient);
        }
        return factorGradient.norm2Number().doubleValue();
    }

    /** Takes an Adam step along the factor gradient computed last. */
    void learn(FactorAdam adam, double rate) {
        state.countAuxiliaryStep();
        if (inverse != null) {
            adam.step(
                    state.factors(),
                    state.firstMoment(),
                    state.secondMoment(),
                    factorGradient,
                    rate,
                    state.auxiliarySteps());
            refreshIfChanged();
        }
    }

    /** The host may replace the state behind our back (restore, averaging); cached products then follow. */
    private void refreshIfChanged() {
        if (inverse == null) {
            return;
        }
        double now = fingerprint();
        if (now != signature) {
            inverse.refresh();
            signature = now;
        }
    }

    /** Weighted sum of the step count and of {@value #PROBES} factors spread over all. */
    private double fingerprint() {
        INDArray factors = state.factors();
        long last = factors.length() - 1;
        double sum = state.auxiliarySteps();
        for (int probe = 0; probe < PROBES; probe++) {
            sum = sum * 1.0625 + factors.getDouble(last * probe / (PROBES - 1));
        }
        return sum;
    }
}
