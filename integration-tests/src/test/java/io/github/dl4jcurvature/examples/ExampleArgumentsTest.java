/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExampleArgumentsTest {
    @Test
    void autoencoderAsksForTheDirectory() {
        assertThatThrownBy(() -> FishLegAutoencoder.main(new String[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MNIST directory");
        assertThatThrownBy(() -> FishLegAutoencoder.main(new String[] {"no/such/directory"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void speedNamesItsNetworks() {
        assertThatThrownBy(() -> FishLegSpeed.main(new String[] {"785"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("network '785' is unknown")
                .hasMessageContaining("[196, 784, deep, lenet, lstm]");
    }

    @Test
    void gaussNewtonExamplesAskForTheirDirectories() {
        assertThatThrownBy(() -> GaussNewtonSpeed.main(new String[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("directory of the recorded workload");
        assertThatThrownBy(() -> GaussNewtonSpeed.main(new String[] {"no/such/directory"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no digits_Xtr.npy");
        assertThatThrownBy(() -> GaussNewtonStudy.main(new String[] {"no/such/directory"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void continualMnistAsksForItsDirectory() {
        assertThatThrownBy(() -> ContinualMnist.main(new String[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("directory of the MNIST test files is missing");
        assertThatThrownBy(() -> ContinualMnist.main(new String[] {"no/such/directory"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void flyRecordingsAskForTheirDirectory() {
        assertThatThrownBy(() -> FlyGplvm.main(new String[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("directory of the fly recordings is missing");
        assertThatThrownBy(() -> TopologySelection.main(new String[] {"1", "T1", "no/such/directory"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("syn_T1_Y.csv is missing");
    }

    @Test
    void blocksHoldWholeAuxiliaryPeriods() {
        assertThatThrownBy(() -> StepTiming.autoencoder("small", 15, 4, 2, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("block is 15");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0.25, 2.25", "0.5, 3.5", "1, 10"})
    void quantilesInterpolate(double fraction, double expected) {
        assertThat(Quantiles.of(new double[] {10, 1, 4, 3, 2, 5}, fraction)).isEqualTo(expected);
    }
}
