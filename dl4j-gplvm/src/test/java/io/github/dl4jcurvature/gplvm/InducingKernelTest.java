/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import ch.qos.logback.classic.Level;
import io.github.dl4jcurvature.testkit.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Inducing points that are all the same: the kernel matrix has rank one, and rounding takes a jitter below variance times 1e-16. */
class InducingKernelTest {
    private static final int POINTS = 6;

    @RegisterExtension
    final CapturedLog log = CapturedLog.of(InducingKernel.class);

    private static InducingKernel kernel(double variance) {
        double[][] same = new double[POINTS][];
        for (int i = 0; i < POINTS; i++) {
            same[i] = new double[] {0.7};
        }
        KernelSettings settings = new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, 1e-6);
        return new InducingKernel("neuron 3", Manifold.circle(), settings, same, variance, new double[] {0.9});
    }

    @Test
    void jitterThatIsEnoughIsNotRaised() {
        double[] factor = kernel(1).factor.factor;
        assertThat(log.messages()).isEmpty();
        assertThat(factor[0] * factor[0]).isCloseTo(1 + 1e-6, within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e11, 1e12})
    void jitterGrowsTenfoldUntilItIsEnoughAndIsLogged(double variance) {
        double[] factor = kernel(variance).factor.factor;
        assertThat(log.messages(Level.WARN)).hasSize(1);
        String message = log.messages(Level.WARN).get(0);
        assertThat(message).startsWith("kernel matrix of neuron 3: jitter raised from 1.0E-6 to ");
        double raised = Double.parseDouble(message.substring(message.lastIndexOf(' ') + 1));
        double steps = Math.log10(raised / 1e-6);
        assertThat(steps).isCloseTo(Math.rint(steps), within(1e-12)).isBetween(0.5, 5.5);
        assertThat(factor[0] * factor[0]).isCloseTo(variance + raised, within(1e-15 * variance));
    }

    @Test
    void whatNoJitterHelpsIsRefusedByName() {
        assertThatThrownBy(() -> kernel(1e18))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("kernel matrix of neuron 3 is not positive definite even with jitter 1.0e-01")
                .hasMessageContaining("variance 1.0E18, length scales [0.9]")
                .hasMessageContaining("use fewer inducing points, a smaller learning rate or a larger jitter");
        assertThat(log.messages()).isEmpty();
    }
}
