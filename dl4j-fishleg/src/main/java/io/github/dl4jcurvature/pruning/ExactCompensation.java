/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.List;

import io.github.dl4jcurvature.linalg.ConjugateGradients;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The minimum of the quadratic model of the loss under the constraint that the weights S vanish,
 *
 * <p>\[ (F_{AA} + c I)\, \delta_A = F_{AS} w_S - g_A, \qquad \delta_S = -w_S, \]
 *
 * <p>over the parameters A that stay, by conjugate gradients on true Fisher-vector products. The gradient g is that of the
 * present parameters; it is what an earlier removal has left behind. The damping c bounds the step to where the model holds:
 * each of several values is tried on examples that F and g have not seen and the one of the lowest loss is taken, or no
 * change at all if that is better. All values share the same products.
 *
 * @param dampings values of c to try, positive
 * @param iterations Fisher-vector products at most
 * @param tolerance relative residual of the system with the smallest damping at which to stop
 * @param gradientTerm whether g is taken into account
 */
public record ExactCompensation(List<Double> dampings, int iterations, double tolerance, boolean gradientTerm)
        implements Compensation {
    private static final Logger LOG = LoggerFactory.getLogger(ExactCompensation.class);

    /** Dampings 0.001, 0.01 and 0.1, 30 products, tolerance 0.001, with the gradient term. */
    public ExactCompensation() {
        this(List.of(1e-3, 1e-2, 1e-1), 30, 1e-3, true);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if there is no damping or a value is out of range
     */
    public ExactCompensation {
        dampings = List.copyOf(dampings);
        if (dampings.isEmpty()) {
            throw new IllegalArgumentException("dampings is empty; pass at least one, for instance 1e-2");
        }
        for (double damping : dampings) {
            if (!(damping > 0 && damping < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "dampings must be positive and finite but one is %s; pass for instance 1e-2"
                                .formatted(damping));
            }
        }
        new ConjugateGradients(iterations, tolerance); // checks its arguments
    }

    @Override
    public INDArray change(PruningProblem problem, INDArray removed) {
        INDArray stay = problem.alive().mul(removed.rsub(1)); // A
        INDArray stayDouble = stay.castTo(DataType.DOUBLE);
        INDArray lost = problem.parameters().mul(removed); // w_S
        INDArray right = problem.fisherProduct(lost).castTo(DataType.DOUBLE);
        if (gradientTerm) {
            right.subi(problem.gradient().castTo(DataType.DOUBLE));
        }
        right.muli(stayDouble); // F_AS w_S - g_A
        ConjugateGradients.Result result = new ConjugateGradients(iterations, tolerance)
                .solve(
                        y -> problem.fisherProduct(y).castTo(DataType.DOUBLE).muli(stayDouble),
                        right,
                        dampings.stream().mapToDouble(Double::doubleValue).toArray());
        return bestOf(problem, problem.parameters().sub(lost), result);
    }

    private INDArray bestOf(PruningProblem problem, INDArray start, ConjugateGradients.Result result) {
        INDArray best = Nd4j.zeros(start.dataType(), start.length());
        double bestLoss = problem.loss(start);
        @Nullable Double chosen = null;
        for (int k = 0; k < dampings.size(); k++) {
            INDArray change = result.solutions()[k].castTo(start.dataType());
            double loss = problem.loss(start.add(change));
            if (loss < bestLoss || (Double.isNaN(bestLoss) && !Double.isNaN(loss))) {
                best = change;
                bestLoss = loss;
                chosen = dampings.get(k);
            }
        }
        LOG.debug(
                "compensation: {} products, residuals {}, damping {}, loss {}",
                result.iterations(),
                result.relativeResiduals(),
                chosen,
                bestLoss);
        return best;
    }
}
