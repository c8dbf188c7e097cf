/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gaussian prior of a parameter matrix with the precision \( N (A \otimes G) \): in units of a data point, \( \Lambda X = A X G \).
 *
 * <p>Before the first task \( A = G = \sqrt{p / N} I \). Natural steps are \( (\eta / N) \hat A^{-1} M \hat G^{-1} \) with the damped
 * factors; the penalty is that of the factors as they are. Source: Kao et al., NeurIPS 2021, equation 8.
 */
final class KroneckerPrior implements StepRule {

    /**
     * What does not change with the tasks.
     *
     * @param dataSize N
     * @param damping of the factors that are inverted
     * @param natural whether steps are multiplied by the inverse of the precision, or left as they are
     * @param sum how the Fisher information of a task is added
     * @param forgetting factor of the precision of earlier tasks, 1 to keep it
     */
    record Settings(double dataSize, Damping damping, boolean natural, KroneckerSum sum, double forgetting) {}

    private final Settings settings;
    private final INDArray scratch;
    private FactorPair factors;
    private boolean isotropic;
    private @Nullable FactorPair inverse;

    /**
     * A prior.
     *
     * @param isotropic whether both factors are multiples of the identity, so that no matrix needs to be multiplied
     */
    KroneckerPrior(Settings settings, FactorPair factors, boolean isotropic) {
        this.settings = settings;
        this.factors = factors;
        this.isotropic = isotropic;
        scratch = Nd4j.createUninitializedDetached(
                DataType.DOUBLE,
                'f',
                factors.inputs().size(0),
                factors.outputs().size(0));
    }

    /** The prior before the first task. */
    static FactorPair initial(long rows, long columns, double precision, double dataSize) {
        return FactorPair.scaledIdentity(rows, columns, Math.sqrt(precision / dataSize));
    }

    /** Reads what {@link #write} wrote. */
    static FactorPair read(long rows, long columns, StateSlots slots) {
        return new FactorPair(slots.readSymmetric(rows), slots.readSymmetric(columns));
    }

    @Override
    public void write(StateSlots slots) {
        slots.writeSymmetric(factors.inputs());
        slots.writeSymmetric(factors.outputs());
    }

    FactorPair factors() {
        return factors;
    }

    /** The inverses \( \hat A^{-1}, \hat G^{-1} \) of the damped factors. */
    FactorPair inverse() {
        if (inverse == null) {
            FactorPair damped = settings.damping().added(factors);
            inverse = new FactorPair(SymmetricInverse.of(damped.inputs()), SymmetricInverse.of(damped.outputs()));
        }
        return inverse;
    }

    @Override
    public void addPenaltyGradient(double weight, INDArray deviation, INDArray gradient) {
        if (isotropic) {
            Gemm.axpy(
                    weight * factors.meanInput() * factors.meanOutput(),
                    MatrixView.of(deviation).flattened(),
                    MatrixView.of(gradient).flattened());
        } else {
            multiply(weight, factors, deviation, 1, gradient);
        }
    }

    @Override
    public void step(double rate, INDArray momentum, INDArray step) {
        if (!settings.natural()) {
            step.assign(momentum).muli(rate);
        } else if (isotropic) {
            FactorPair damped = settings.damping().added(factors);
            step.assign(momentum).muli(rate / settings.dataSize() / (damped.meanInput() * damped.meanOutput()));
        } else {
            multiply(rate / settings.dataSize(), inverse(), momentum, 0, step);
        }
    }

    @Override
    public double quadratic(INDArray x) {
        INDArray product = Nd4j.createUninitialized(DataType.DOUBLE, x.shape(), 'f');
        multiply(1, factors, x, 0, product);
        return Gemm.dot(MatrixView.of(product).flattened(), MatrixView.of(x).flattened());
    }

    /** \( Y \leftarrow \beta Y + \alpha A X G \). */
    private void multiply(double alpha, FactorPair pair, INDArray x, double beta, INDArray y) {
        MatrixView product = MatrixView.of(scratch);
        Gemm.multiply(1, MatrixView.of(pair.inputs()), MatrixView.of(x), 0, product); // A X
        Gemm.multiply(alpha, product, MatrixView.of(pair.outputs()), beta, MatrixView.of(y));
    }

    @Override
    public Consolidated consolidate(TaskStatistics statistics) {
        FactorPair fisher = statistics.fisher();
        double trace = fisher.trace();
        if (!StepRule.isPresent(trace)) {
            return Consolidated.UNTRAINED;
        }
        FactorPair kept = new FactorPair(factors.inputs().mul(settings.forgetting()), factors.outputs());
        KroneckerSumProblem problem = new KroneckerSumProblem(kept, fisher);
        KroneckerSumProblem.Weights weights = problem.weights(settings.sum());
        double divergence = problem.divergence(weights);
        if (!Double.isFinite(divergence)) {
            throw new ArithmeticException(
                    "the sum of what is remembered and the Fisher information of the task is not finite (its divergence is %s, the trace of the information %s); the network is unchanged: scale the inputs, or look for an extreme prior precision or data size"
                            .formatted(divergence, trace));
        }
        factors = problem.factors(weights);
        isotropic = false;
        inverse = null;
        return new Consolidated(true, trace, divergence);
    }
}
