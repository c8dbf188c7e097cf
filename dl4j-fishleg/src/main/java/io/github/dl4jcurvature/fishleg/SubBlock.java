/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.fisher.TrainingFactors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One block of Q at work: translates between the host's layout and {@link InverseFisher}. */
final class SubBlock {
    private final SubBlockPlan plan;
    private final InverseFisher inverse;
    private final INDArray factors;
    private final INDArray firstMoment;
    private final INDArray secondMoment;
    private final JointMatrix u;
    private final JointMatrix product;
    private final JointMatrix r;
    private final @Nullable JointMatrix mask;
    private final INDArray factorGradient;

    private KroneckerInverse.@Nullable RankTerms terms;

    /**
     * Creates a block on its state.
     *
     * @param plan what it is
     * @param factors \( \lambda \), live
     * @param firstMoment first moment of Adam, live
     * @param secondMoment second moment of Adam, live
     * @param mask 0 for parameters held at zero; null if none is
     */
    SubBlock(
            SubBlockPlan plan,
            INDArray factors,
            INDArray firstMoment,
            INDArray secondMoment,
            BlockVector.@Nullable Matrix mask) {
        DataType type = factors.dataType();
        this.plan = plan;
        this.factors = factors;
        this.firstMoment = firstMoment;
        this.secondMoment = secondMoment;
        inverse = plan.inverse(factors);
        u = new JointMatrix(type, plan);
        product = new JointMatrix(type, plan);
        r = new JointMatrix(type, plan);
        factorGradient = Nd4j.createUninitializedDetached(type, factors.length());
        this.mask = mask == null ? null : new JointMatrix(type, plan);
        if (this.mask != null && mask != null) {
            this.mask.read(mask);
        }
    }

    void refresh() {
        inverse.refresh();
    }

    void initialise(double scale) {
        inverse.initialise(scale);
    }

    /** Starts with the given diagonal, in the host's layout; overwrites nothing but the factors. */
    void initialise(BlockVector.Matrix diagonal) {
        u.read(diagonal);
        inverse.initialise(u.matrix());
    }

    /** Takes the inputs and errors of which the gradient is the product, if that is the cheaper way to multiply it. */
    void take(@Nullable TrainingFactors training) {
        terms = null;
        if (training != null
                && mask == null
                && inverse instanceof KroneckerInverse kronecker
                && plan.isRankCheaper(training.inputs().size(0))) {
            terms = kronecker.project(training.inputs(), training.errors());
        }
    }

    /** Forgets inputs and errors: what is multiplied next is not their product. */
    void forget() {
        terms = null;
    }

    /** target = c Q source. */
    void apply(double c, BlockVector.Matrix source, BlockVector.Matrix target) {
        if (terms != null) {
            ((KroneckerInverse) inverse).apply(terms, c, target);
        } else {
            applyDense(c, source, target);
        }
    }

    /** target = c Q source, whatever inputs and errors were taken. */
    void applyDense(double c, BlockVector.Matrix source, BlockVector.Matrix target) {
        if (inverse instanceof KroneckerInverse kronecker) {
            kronecker.apply(c, source, target);
        } else {
            u.read(source);
            inverse.apply(u.matrix(), product.matrix());
            product.matrix().muli(c);
            product.write(target);
        }
    }

    /**
     * Computes the gradient of \( \langle f T, Q(\lambda) c U \rangle \) with respect to the factors.
     *
     * @return its squared Euclidean norm, not finite if an element is not
     */
    double computeFactorGradient(
            BlockVector.Matrix source, double c, BlockVector.Matrix residual, double f, boolean preconditioned) {
        r.read(residual);
        INDArray t = r.matrix();
        if (preconditioned) {
            inverse.apply(r.matrix(), product.matrix());
            t = product.matrix();
            if (mask != null) {
                t.muli(mask.matrix());
            }
        }
        t.muli(f);
        if (terms != null) {
            ((KroneckerInverse) inverse).factorGradient(terms, c, t, factorGradient);
        } else {
            u.read(source);
            u.matrix().muli(c);
            inverse.factorGradient(u.matrix(), t, factorGradient);
        }
        double norm = factorGradient.norm2Number().doubleValue();
        return norm * norm;
    }

    /** Takes step number {@code count} of Adam along the factor gradient computed last. */
    void learn(FactorAdam adam, double rate, long count) {
        adam.step(factors, firstMoment, secondMoment, factorGradient, rate, count);
    }

    /** Writes the diagonal of Q in the host's layout. */
    void diagonal(BlockVector.Matrix target) {
        product.matrix().assign(inverse.diagonal());
        product.write(target);
    }
}
